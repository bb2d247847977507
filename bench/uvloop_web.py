"""Our web server on uvloop, for the experiment of docs/room-speed.md: needs that package, which is none of ours."""

import uvloop


def main() -> None:
    uvloop.install()
    from ieso.web import main as serve  # Daphne makes its event loop when it is imported

    serve()


if __name__ == "__main__":
    main()
