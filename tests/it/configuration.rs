//! `recontact.toml` through the program: faults name file, line and remedy; and what it promises holds.

use super::program::{Folder, number};

const LOG: &str = "n,who,day,hour,why\n1,C1,260101,100000,a\n2,C1,260102,100000,b\n3,0,260103,100000,a\n";

/// What a configuration is refused with.
fn refused(toml: &str) -> String {
    let folder = Folder::with(&[("log.csv", LOG), ("recontact.toml", toml)]);
    folder.run("analyze .").error()
}

#[test]
fn faults_name_file_line_and_remedy() {
    let rows = [
        ("[[source]]\npath = 7\n", "./recontact.toml:2: "),
        (
            "[[source]]\nkind = \"interactions\"\n",
            "./recontact.toml:1: a [[source]] without a path: add path",
        ),
        (
            "[[source]]\npath = \"log.csv\"\ntimezon = \"UTC\"\n",
            "./recontact.toml:3: unknown key `timezon` in [[source]]: did you mean `timezone`?",
        ),
        (
            "[[source]]\npath = \"log.csv\"\n[source.fields]\ncategry = \"why\"\n",
            "./recontact.toml:4: unknown field `categry` in [source.fields]: did you mean `category`?",
        ),
        (
            "[[source]]\npath = \"log.csv\"\ntimezone = \"Europe/Rigga\"\n",
            "./recontact.toml:3: unknown time zone `Europe/Rigga`: use an IANA name",
        ),
        (
            "[[source]]\npath = \"log.csv\"\nencoding = \"latvian\"\n",
            "./recontact.toml:3: unknown encoding `latvian`: use a web name",
        ),
        (
            "sources = []\n",
            "./recontact.toml:1: unknown key `sources` in recontact.toml: did you mean `source`?",
        ),
        ("[policy\n", "./recontact.toml:1: "),
        ("\n[policy]\nwindw = \"7d\"\n", "./recontact.toml:3: unknown key `windw`: did you mean `window`?"),
        (
            "[policy]\nwindow = \"seven days\"\n",
            "./recontact.toml:2: bad value \"seven days\" for `window`: write a whole number and s, m, h, d or w",
        ),
        ("[policy]\ntarget = 70\n", "./recontact.toml:2: bad value 70 for `target`: "),
        (
            "[policy]\nclock = \"strat\"\n",
            "./recontact.toml:2: bad value \"strat\" for `clock`: did you mean \"start\"?",
        ),
        ("[policy]\npreset = \"best\"\n", "./recontact.toml:2: bad value \"best\" for `preset`: "),
        (
            "[policy.category.a]\nwindw = \"1d\"\n",
            "./recontact.toml:2: unknown key `windw`: did you mean `window`?",
        ),
    ];
    for (toml, expected) in rows {
        let message = refused(toml);
        assert!(message.starts_with(expected), "{toml}\n{message}\n{expected}");
    }
}

#[test]
fn a_mapped_column_that_is_not_there_is_looked_for() {
    let message = refused("[[source]]\npath = \"log.csv\"\n[source.fields]\ninteraction_id = \"m\"\n");
    let expected = "./log.csv: no column `m`, to which `interaction_id` is mapped: ";
    assert!(message.starts_with(expected), "{message}");
    assert!(message.ends_with("the columns are `n`, `who`, `day`, `hour`, `why`"), "{message}");
}

#[test]
fn a_mapping_joins_columns_reads_formats_and_maps_values() {
    let toml = "[[source]]\npath = \"log.csv\"\ntimezone = \"Europe/Riga\"\nblank = [\"0\"]\n\
                [source.fields]\ninteraction_id = [\"n\", \"why\"]\ncustomer_id = \"who\"\n\
                started_at = { columns = [\"day\", \"hour\"], format = \"%y%m%d %H%M%S\" }\ncategory = \"why\"\n\
                [source.values.category]\na = \"billing\"\n\
                [policy]\nsame = \"any\"\n[policy.category.billing]\ntarget = 0.9\n";
    let folder = Folder::with(&[("log.csv", LOG), ("recontact.toml", toml)]);
    folder.run("index . --store s").ok();
    let report = folder.run("report --store s --format json").json();
    // The third has no customer; the second repeats the first about anything.
    assert_eq!(number(&report["overall"], "contact_count"), 2);
    assert_eq!(number(&report["overall"], "repeat_count"), 1);
    assert_eq!(report["observed"]["from"], "2026-01-01T08:00:00+00:00");
    let billing = report["categories"].as_array().unwrap().iter().find(|c| c["category"] == "billing");
    assert_eq!(billing.unwrap()["target"], 0.9);
    let story = folder.run("explain 1-a --store s --json").json();
    assert_eq!(story["interaction"]["customer_id"], "C1");
}

#[test]
fn paths_are_relative_to_the_configuration_and_one_is_enough() {
    let toml = "[[source]]\npath = \"data/*.csv\"\n";
    let log = "call_id,opened_at\n1,2026-01-01\n";
    let folder =
        Folder::with(&[("a/recontact.toml", toml), ("a/data/log.csv", log), ("b/recontact.toml", toml)]);
    for given in ["a", "a/recontact.toml"] {
        let report = folder.run(&format!("analyze {given} --format json")).json();
        assert_eq!(number(&report["overall"], "interaction_count"), 1);
    }
    let second = folder.run("analyze a b").error();
    assert!(
        second.starts_with("b/recontact.toml: a second configuration beside a/recontact.toml"),
        "{second}"
    );
}
