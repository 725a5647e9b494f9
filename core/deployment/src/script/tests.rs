//! The interpreter: what it understands, what it leaves out, and that nothing hurts it.

use serde_json::{Value as Json, json};

use super::*;

fn run(source: &str) -> Json {
    evaluate(source, Vec::new(), "config").unwrap_or(Json::Null)
}

/// The value of one expression.
fn value(expression: &str) -> Json {
    run(&format!("var config = {{ v: {expression} }};"))["v"].clone()
}

#[test]
fn literals() {
    let table = [
        ("'a'", json!("a")),
        ("\"a'b\"", json!("a'b")),
        (r"'it\'s\n\x41\u00fc\u{1f980}\ud83e\udd80'", json!("it's\nAü🦀🦀")),
        ("'a\\\nb'", json!("ab")),
        ("12", json!(12)),
        ("-1", json!(-1)),
        ("1.5e3", json!(1500)),
        (".25", json!(0.25)),
        ("0xff", json!(255)),
        ("1_000", json!(1000)),
        ("true", json!(true)),
        ("null", json!(null)),
        ("[1, 'b', [true,],]", json!([1, "b", [true]])),
        (
            "{ a: 1, 'b-c': 2, \"d\": { e: [] }, 5: 'n', }",
            json!({"a": 1, "b-c": 2, "d": {"e": []}, "5": "n"}),
        ),
        ("`wss://${'host'}/${1 + 1}`", json!("wss://host/2")),
        ("`a${`b${'c'}`}d`", json!("abcd")),
        ("[/^a[/]b$/g, 'x']", json!(["x"])),
    ];
    for (expression, expected) in table {
        assert_eq!(value(expression), expected, "{expression}");
    }
}

#[test]
fn operators() {
    let table = [
        ("'a' + 'b' + 1", json!("ab1")),
        ("1 + 2 * 3 - 4 / 2", json!(5)),
        ("(1 + 2) * 3", json!(9)),
        ("1 < 2 && 'yes'", json!("yes")),
        ("'' || 'other'", json!("other")),
        ("null ?? 'other'", json!("other")),
        ("0 ?? 'other'", json!(0)),
        ("!'' === true", json!(true)),
        ("'a' !== 'b' ? 'then' : 'else'", json!("then")),
        ("undefined == null", json!(true)),
        ("typeof nowhere === 'undefined'", json!(true)),
        ("typeof 'x'", json!("string")),
        ("+'12' + 1", json!(13)),
        ("false ? 1 : true ? 2 : 3", json!(2)),
    ];
    for (expression, expected) in table {
        assert_eq!(value(expression), expected, "{expression}");
    }
}

#[test]
fn methods_of_strings_and_arrays() {
    let table = [
        ("'tenant.'.substring(0, 'tenant.'.length - 1)", json!("tenant")),
        ("'tenant.'.substr(0, 6)", json!("tenant")),
        ("'tenant.'.slice(0, -1)", json!("tenant")),
        ("'a.b.c'.split('.').join('_').toUpperCase()", json!("A_B_C")),
        ("'abc'.startsWith('ab') && 'abc'.endsWith('c') && 'abc'.includes('b')", json!(true)),
        ("'abc'.indexOf('c')", json!(2)),
        ("'a-b-c'.replace('-', '+')", json!("a+b-c")),
        ("' a '.trim()", json!("a")),
        (
            "'a,b'.split(',').map(function (url) { return { urls: 'stun:' + url }; })",
            json!([{"urls": "stun:a"}, {"urls": "stun:b"}]),
        ),
        ("['a', 'b'].map(u => ({ urls: u }))", json!([{"urls": "a"}, {"urls": "b"}])),
        ("['a', 'b'].map((u, i) => { return u + i; })", json!(["a0", "b1"])),
        ("['a', '', 'b'].filter(Boolean)", Json::Null),
        ("['a', '', 'b'].filter(function (s) { return s; })", json!(["a", "b"])),
        ("[1].concat([2], 3)", json!([1, 2, 3])),
        ("[1, 2].includes(2)", json!(true)),
        ("[...['a'], ...'b'.split(',')]", json!(["a", "b"])),
        ("{ ...{ a: 1, b: 1 }, b: 2 }", json!({"a": 1, "b": 2})),
        ("Object.assign({}, { a: 1 }, { b: 2 })", json!({"a": 1, "b": 2})),
        ("JSON.parse('{\"a\":[1]}')", json!({"a": [1]})),
        ("'abc'[1] + ['x', 'y'][0]", json!("bx")),
    ];
    for (expression, expected) in table {
        assert_eq!(value(expression), expected, "{expression}");
    }
}

#[test]
fn assignments_reach_into_objects() {
    let config = run("
        const base = 'https://meet.example.org/';
        let config = {}, other = 'x';
        config.hosts = {};
        config.hosts.domain = 'meet.jitsi';
        config['hosts']['muc'] = 'muc.' + config.hosts.domain;
        config.missing.below = 1;
        var key = 'dynamic';
        config[key] = base + 'x';
        config.list = ['a', 'b'];
        config.list[1] = 'c';
        config.count = 1; config.count += 2;
        config.flags = config.flags || {};
        config.flags.on = true;
        config.kept ||= 'default';
        config.kept ||= 'never';
        window.config.viaWindow = true;
        Object.assign(config, { assigned: 1 }, { hosts: config.hosts });
        Object.assign(config.hosts, { focus: 'focus.meet.jitsi' });
        var interfaceConfig = { APP_NAME: 'Other' };
    ");
    let expected = json!({
        "hosts": {"domain": "meet.jitsi", "muc": "muc.meet.jitsi", "focus": "focus.meet.jitsi"},
        "missing": {"below": 1}, "dynamic": "https://meet.example.org/x", "list": ["a", "c"], "count": 3,
        "flags": {"on": true}, "kept": "default", "viaWindow": true, "assigned": 1,
    });
    assert_eq!(config, expected);
}

#[test]
fn functions_conditions_and_blocks() {
    let config = run("
        function host(prefix) { return prefix + '.example.org'; }
        var config = { domain: host('meet') };
        (function () { config.inner = true; })();
        if (config.domain === 'meet.example.org') { config.then = 1; } else { config.then = 2; }
        if (!config.domain) config.single = 1; else if (config.inner) config.single = 2; else config.single = 3;
        try { config.tried = true; } catch (e) { config.tried = false; } finally { config.ended = true; }
        for (var i = 0; i < 10; i++) { config.looped = i; }
        while (true) { config.forever = true; }
        do { config.done = 1; } while (false);
        switch (config.domain) { case 'x': config.switched = 1; }
        config.last = 1
        config.reallyLast = 2
    ");
    let expected = json!({"domain": "meet.example.org", "inner": true, "then": 1, "single": 2, "tried": true,
        "last": 1, "reallyLast": 2});
    assert_eq!(config, expected);
}

#[test]
fn what_is_not_understood_is_left_out_and_nothing_else() {
    let config = run("
        import { x } from './x.js';
        var config = {
            good: 1,
            regex: /a,b}/,
            made: new Date(),
            called: unknown('x', { y: 1 }),
            shifted: 1 << 4,
            get computed() { return 1; },
            method() { return 1; },
            arrow: () => 1,
            nested: { ok: true, bad: a.b.c, alsoOk: 'x' }
            missingComma: 2,
            'quoted': 3
            missingAgain: 4,
            @decorated: 1,
            list: [1, nowhere, 3],
            text: 'tail'
        };
        config.x = unknown.thing;
        config.y = 1 @ 2;
        alert('hi'); config.z = 'z'
        document.write(`<p>${config.good}</p>`);
        }}}
        config.last = true;
    ");
    let expected = json!({"good": 1, "nested": {"ok": true, "alsoOk": "x"}, "missingComma": 2, "quoted": 3,
        "missingAgain": 4, "list": [1, 3], "text": "tail", "z": "z", "last": true});
    assert_eq!(config, expected);
}

#[test]
fn comments_of_every_kind() {
    let config =
        run("<!-- html\n// line\n/* block\n */ var config = { // tail\n a: 1, /* b: 2, */ c: 'x//y', \
        /* unfinished ' quote */ d: '/*z*/' };\n/* to the end");
    assert_eq!(config, json!({"a": 1, "c": "x//y", "d": "/*z*/"}));
}

#[test]
fn a_file_cut_short_keeps_its_beginning() {
    let whole =
        "var config = { hosts: { domain: 'a', muc: 'b' }, bosh: '/http-bind', list: [1, 2, { c: 'd' }] };";
    for end in 0..whole.len() {
        let config = run(&whole[..end]);
        if end > whole.find("bosh").expect("is in it") {
            assert_eq!(config["hosts"], json!({"domain": "a", "muc": "b"}), "{}", &whole[..end]);
        }
    }
}

#[test]
fn missing_values_do_not_end_up_in_texts() {
    assert_eq!(value("'https://' + config.nowhere + '/x'"), Json::Null);
    assert_eq!(value("`https://${undefined}/x`"), Json::Null);
    assert_eq!(value("'a' + null"), Json::Null);
    assert_eq!(value("'a' + {}"), Json::Null);
}

#[test]
fn depth_and_work_are_bounded() {
    let deep = |open: &str, close: &str| {
        format!("var config = {{ a: {}1{}, b: 2 }};", open.repeat(60_000), close.repeat(60_000))
    };
    for source in [
        deep("[", "]"),
        deep("{ a: ", "}"),
        deep("(", ")"),
        deep("!", ""),
        deep("x = ", ""),
        deep("f(", ")"),
        deep("a ? b : ", ""),
    ] {
        run(&source);
    }
    assert_eq!(run(&deep("[", "]"))["b"], json!(2), "the property after the pit is still read");
    let chains = [" + 'a'", ".a", "[0]", "()", " && 1", ", 1"];
    for link in chains {
        run(&format!("var config = {{}}; config.a = 'x'{};", link.repeat(100_000)));
    }
    let doubling = format!("var config = {{ a: 'x' }}; {}", "config.a = config.a + config.a;".repeat(500));
    assert!(run(&doubling)["a"].as_str().is_some_and(|text| text.len() <= 64 * 1024));
    let nesting =
        format!("var config = {{}}; var x = {{}}; {} config.x = x;", "x = { a: x, b: x };".repeat(5_000));
    run(&nesting);
    let growing = format!("var config = {{ a: {{}} }}; {}", "config.a.b = config;".repeat(5_000));
    run(&growing);
    assert_eq!(
        run("function f() { return f() + f(); } var config = { a: 1 }; config.b = f();"),
        json!({"a": 1})
    );
    run("var config = { f: x => config.f(x) }; config.f(1);");
    let replaced = format!(
        "var config = {{ a: '{}' }}; config.a = config.a.replaceAll('a', config.a);",
        "a".repeat(60_000)
    );
    run(&replaced);
    run(&"`${".repeat(50_000));
    run(&"/*".repeat(50_000));
    run(&"if (".repeat(50_000));
    run(&"function f(".repeat(50_000));
    run(&"if (1) ".repeat(50_000));
    run(&"try {".repeat(50_000));
    run(&"(;".repeat(50_000));
}
