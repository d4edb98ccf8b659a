from repro.data.leakage_kinds import KINDS, TAXONOMY, kinds_of


def test_every_check_names_kinds_that_there_are():
    assert {kind for kinds in TAXONOMY.values() for kind in kinds} <= set(KINDS)
    assert kinds_of("duplicate-audio") == ("L1.4",)
    assert kinds_of("shared-groups") == ("L3.2",)
    assert kinds_of("no such check") == ()
