"""`lifecycle catalogue`: a static site from the mappings."""

import sys
from pathlib import Path
from typing import Final

import click

EXIT_COULD_NOT_RUN: Final = 2


@click.command()
@click.option(
    "--out",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("build/catalogue"),
    show_default=True,
    help="Folder to write to; what an earlier run wrote there is replaced, all else stays.",
)
@click.option(
    "--title",
    default="Customer profile catalogue",
    show_default=True,
    help="Name of the site.",
)
def catalogue(folder: Path, title: str) -> None:
    """Write a static site from the mappings: object types, attributes, and a diagram.

    It needs no network and no server. Prints the path of its first page.
    """
    import mappings  # noqa: PLC0415 - help needs none of it
    from lifecycle.catalogue.folder import write  # noqa: PLC0415
    from lifecycle.catalogue.pages import render  # noqa: PLC0415
    from lifecycle.errors import CouldNotRunError  # noqa: PLC0415
    from profiles import InvalidMappingError  # noqa: PLC0415

    if not title.strip():
        raise click.BadParameter("a site has a name", param_hint="--title")
    try:
        files = render(mappings.load(), title.strip())
        write(folder, files)
    except (CouldNotRunError, InvalidMappingError) as error:
        click.echo(f"could not run: {error}", err=True)
        sys.exit(EXIT_COULD_NOT_RUN)
    click.echo(folder / "index.html")
