"""The command starts without the heavy libraries, and leaves with the codes it promises."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path


def test_help_imports_nothing_heavy() -> None:
    heavy = "{'kedro', 'pandas', 'scipy', 'numpy', 'sklearn', 'pyarrow', 'pydantic', 'rich'}"
    program = f"""if True:
        import sys
        from artrec.cli import main
        sys.argv = ["artrec", "--help"]
        try:
            main()
        except SystemExit as stop:
            print("code", stop.code, "imported", sorted({heavy} & set(sys.modules)))
    """
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert "Commands:" in done.stdout
    assert done.stdout.splitlines()[-1] == "code 0 imported []"


def test_recommend_imports_no_kedro(film_store: Path) -> None:
    program = """if True:
        import sys
        from artrec.cli import main
        main(sys.argv[1:], standalone_mode=False)
        heavy = {"kedro", "sklearn", "matplotlib", "lightgbm", "great_expectations"}
        print("imported", sorted(heavy & set(sys.modules)))
    """
    arguments = ["recommend", "--user", "r7", "--store", str(film_store)]
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments], capture_output=True, text=True, check=True
    )
    assert "For user r7" in done.stdout
    assert done.stdout.splitlines()[-1] == "imported []"


def test_the_process_leaves_with_the_codes_it_promises(film_store: Path) -> None:
    def code(*arguments: str) -> int:
        command = [sys.executable, "-m", "artrec.cli", *arguments]
        environment = {**os.environ, "ARTREC_STORE": str(film_store)}
        return subprocess.run(command, env=environment, capture_output=True, check=False).returncode

    assert code("recommend", "--user", "r7") == 0
    assert code("recommend", "--user", "nobody") == 1
    assert code("recommend", "--user", "r7", "-k", "0") == 2
