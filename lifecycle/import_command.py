"""`lifecycle import`: mapping modules from what is there already."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from lifecycle.errors import CouldNotRunError
from lifecycle.stack_outputs import PROGRAM_FOLDER
from lifecycle.where import where

if TYPE_CHECKING:
    from lifecycle.importing.model import Imported

EXIT_REFUSED: Final = 1
EXIT_COULD_NOT_RUN: Final = 2


@click.command("import")
@click.option("-s", "--stack", help="Import from the live domain of this stack.")
@click.option("--domain", help="Import from a live domain, with --region.")
@click.option("--region", help="AWS region, with --domain.")
@click.option("--endpoint", help="URL of the local AWS, with --domain.")
@click.option("--type", "types", multiple=True, help="Only this object type. May be repeated.")
@click.option(
    "--into",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder to write to.  [default: mappings]",
)
@click.option("--force", is_flag=True, help="Overwrite modules that are there.")
@click.argument("files", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
def import_(
    stack: str | None,
    domain: str | None,
    region: str | None,
    endpoint: str | None,
    types: tuple[str, ...],
    into: Path | None,
    files: tuple[Path, ...],
    *,
    force: bool,
) -> None:
    """Write a mapping module for each object type of FILES, or of a live domain.

    A file is a CloudFormation template (YAML or JSON), what `terraform show -json` prints
    (awscc_customerprofiles_object_type), a PutProfileObjectType request or a list of them, or
    JavaScript that calls the SDK, as in AWS's sample. All modules are written, or none.

    Exits 0 if they were written, 1 if they were and the service would refuse one of them, 2 if it
    could not run, and then nothing was written.
    """
    if files and (stack is not None or domain is not None):
        raise click.UsageError("import from FILES, or from a live domain: one of them")
    from lifecycle.importing import run  # noqa: PLC0415 - help needs none of it
    from profiles.validation import errors  # noqa: PLC0415

    try:
        if files:
            found = [each for path in files for each in run.read_file(path)]
        else:
            found = run.read_domain(where(stack, domain, region, endpoint))
        modules = run.plan(_chosen(found, types), into or PROGRAM_FOLDER / "mappings")
        findings = run.check(modules)
        run.write(modules, force=force)
    except CouldNotRunError as error:
        click.echo(f"could not run: {error}", err=True)
        sys.exit(EXIT_COULD_NOT_RUN)
    for module in modules:
        click.echo(f"{module.path}: {module.imported.object_type.name} of {module.imported.where}")
        for sentence in module.imported.left_out:
            click.echo(f"  left out: {sentence}", err=True)
        if not module.imported.examples:
            click.echo("  no example: add source records to EXAMPLES", err=True)
    for finding in findings:
        click.echo(f"{finding.rule.severity}: {finding}", err=True)
    sys.exit(EXIT_REFUSED if errors(findings) else 0)


def _chosen(found: "list[Imported]", types: tuple[str, ...]) -> "list[Imported]":
    names = {each.object_type.name for each in found}
    unknown = [each for each in types if each not in names]
    if unknown:
        known = ", ".join(sorted(names))
        raise CouldNotRunError(f"there is no object type {', '.join(unknown)}; there are: {known}")
    return [each for each in found if not types or each.object_type.name in types]
