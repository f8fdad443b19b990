import importlib
import subprocess
import sys

import pytest

import defi_lib.exchange


def test_every_public_name_is_where_it_is_said_to_be():
    for name in defi_lib.exchange.__all__:
        value = getattr(defi_lib.exchange, name)
        assert vars(defi_lib.exchange)[name] is value
    assert set(defi_lib.exchange.__all__) <= set(dir(defi_lib.exchange))
    assert defi_lib.exchange.pools.order_book is importlib.import_module("defi_lib.exchange.pools.order_book")


def test_unknown_names_are_refused():
    with pytest.raises(AttributeError, match=r"'defi_lib\.exchange' has no attribute 'Pond'"):
        _ = defi_lib.exchange.Pond
    with pytest.raises(ImportError, match="Pond"):
        exec("from defi_lib.exchange import Pond")


def test_nothing_is_loaded_before_it_is_used():
    code = (
        "import sys, defi_lib.exchange as e; assert 'defi_lib.exchange.pools.stable' not in sys.modules;"
        "e.StableSwapPool; assert 'defi_lib.exchange.pools.stable' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
