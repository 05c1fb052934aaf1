"""`lifecycle schemas`: JSON Schemas for those who send objects."""

import json
import sys
from pathlib import Path
from typing import Final

import click

EXIT_COULD_NOT_RUN: Final = 2


@click.command()
@click.option(
    "--write",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="Write each schema to TYPE.json in this folder.",
)
@click.argument("object_type", metavar="[TYPE]", required=False)
def schemas(folder: Path | None, object_type: str | None) -> None:
    """Print the JSON Schema of an object type, or of all, generated from the mappings.

    It describes an object wherever it is sent: the detail of an event, a message of the topic, a
    line of a backfill.
    """
    import mappings  # noqa: PLC0415 - help needs none of it
    from lifecycle.schemas import schema_of, text_of  # noqa: PLC0415
    from profiles import InvalidMappingError  # noqa: PLC0415

    try:
        found = {each.object_type.name: schema_of(each) for each in mappings.load()}
    except InvalidMappingError as error:
        click.echo(f"could not run: {error}", err=True)
        sys.exit(EXIT_COULD_NOT_RUN)
    if object_type is not None:
        if object_type not in found:
            known = ", ".join(found)
            raise click.BadParameter(f"no mapping has it; there are {known}", param_hint="TYPE")
        found = {object_type: found[object_type]}
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        for name, schema in found.items():
            path = folder / f"{name}.json"
            path.write_text(text_of(schema), encoding="utf-8")
            click.echo(path)
    elif object_type is not None:
        click.echo(text_of(found[object_type]), nl=False)
    else:
        click.echo(json.dumps(found, indent=2, ensure_ascii=False))
