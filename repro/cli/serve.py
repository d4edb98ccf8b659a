"""``repro serve``: the class page in the browser of this machine, kept new while runs train."""

from pathlib import Path
from typing import Annotated, NoReturn

import typer

PORT = 8000


def serve(
    folders: Annotated[list[Path], typer.Argument(metavar="FOLDER...", help="folders, or a folder that holds them")],
    port: Annotated[int, typer.Option("--port", min=1, max=65535, help="where on this machine")] = PORT,
    course: Annotated[
        Path | None, typer.Option("--course", metavar="FILE", help="the course's file, else the course.yaml above them")
    ] = None,
) -> None:
    """Show papers and proposals in this machine's browser, and keep the pages new while runs train.

    The pages of repro site, and of each folder one to watch its runs on: how far each is, curves so far, the table as
    it stands. A new record shows within two seconds. Only this machine's own browser is answered, at 127.0.0.1; other
    sites can neither read nor drive it. Nothing of a folder is run, imported or changed. Ctrl-C ends it.

    Example: repro serve papers/mnist1d
    Example: repro serve submissions --port 8080
    """
    import signal
    import sys

    from repro.cli.grade import teachers_course
    from repro.cli.refusal import CommandRefused
    from repro.publish.grade.visible import visible
    from repro.publish.serve.server import why_not
    from repro.publish.serve.serving import serving
    from repro.results.wording import several

    chosen = teachers_course(folders, course)
    signal.signal(signal.SIGTERM, _stop)
    try:
        with serving(folders, chosen, port, lambda text: print(visible(text), file=sys.stderr)) as (server, number):
            print(f"{several(number, 'folder')} at {server.url} (Ctrl-C ends it)", flush=True)
            server.serve_forever()
    except OSError as error:
        reason = why_not(error, port)
        if reason is None:
            raise
        raise CommandRefused(reason) from None
    except KeyboardInterrupt:
        return


def _stop(number: int, frame: object) -> NoReturn:
    raise KeyboardInterrupt
