"""The READMEs quote the tables that the program prints."""

import pytest

from tests.system import program


@pytest.mark.parametrize("name, locale", [("README.md", "C"), ("README.ja.md", "ja_JP.UTF-8")])
def test_the_tables_are_those_of_the_program(cli, name, locale):
    text = (program.ROOT / name).read_text(encoding="utf-8")
    printed = cli("help", "--markdown", env={"LANG": locale})
    assert printed.code == 0
    for table in printed.out.strip().split("\n\n"):
        assert table in text, f"{name}: paste the tables of `homuhomu help --markdown` (LANG={locale})"
