//! One table per part of the link grammar.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::*;

fn meeting(text: &str) -> MeetingAddress {
    parse(text, None).unwrap_or_else(|error| panic!("{text}: {error}"))
}

#[test]
fn web_and_app_links_lead_to_the_same_meeting() {
    let table = [
        "https://meet.example.org/Standup",
        "HTTPS://MEET.EXAMPLE.ORG/STANDUP",
        "http://meet.example.org/Standup",
        "https://meet.example.org:443/Standup",
        "http://meet.example.org:80/Standup",
        "https://meet.example.org:/Standup",
        "https:meet.example.org/Standup",
        "https:///meet.example.org/Standup",
        "https://meet.example.org./Standup",
        "//meet.example.org/Standup",
        "meet.example.org/Standup",
        "meet.example.org:443/Standup",
        "org.jitsi.meet://meet.example.org/Standup",
        "org.jitsi.meet:https://meet.example.org/Standup",
        "org.jitsi.meet://https://meet.example.org/Standup",
        "org.jitsi.meet:jitsi-meet:http://meet.example.org/Standup",
        "jitsi-meet://meet.example.org/Standup",
        "jitsi-meet:meet.example.org/Standup",
        "JITSI-MEET://meet.example.org/Standup",
        "com.example.calls://meet.example.org/Standup",
        "intent://meet.example.org/Standup#Intent;scheme=org.jitsi.meet;package=org.jitsi.meet;end",
        "intent://meet.example.org/Standup#Intent;package=org.jitsi.meet;scheme=https;end;",
        "intent://meet.example.org/Standup#Intent;scheme=https;S.browser_fallback_url=https%3A%2F%2Fevil.example;end",
        "intent://meet.example.org/Standup",
        "  https://meet.example.org/Standup\n",
        "https://meet.example.org/Stand up",
        "https://meet.example.org/\u{200b}Standup\u{feff}",
        "<https://meet.example.org/Standup>",
        "\"https://meet.example.org/Standup\"",
        "https://ada:secret@meet.example.org/Standup",
        "https://ada@meet.example.org/Standup",
        "https://meet.example.org//Standup",
        "https://meet.example.org\\Standup",
        "https://meet.example.org/Stand:up",
        "https://meet.example.org/Standup?lang=de",
        "https://meet.example.org/Standup#",
        "https://meet.example.org/Standup?#",
        "Ada invites you.\n\nJoin: https://meet.example.org/Standup\n\nOr dial +00 000 000.",
        "https://meet.example.org/Standup\nOr dial +00 000 000.",
        "Join at (https://meet.example.org/Standup).",
    ];
    for text in table {
        let address = meeting(text);
        assert_eq!(address.to_url(), "https://meet.example.org/standup", "{text}");
        assert_eq!(address.base_url(), "https://meet.example.org/", "{text}");
        assert_eq!(
            (address.host(), address.port(), address.tenant()),
            ("meet.example.org", None, None),
            "{text}"
        );
        assert!(address.token().is_none() && address.overrides().is_empty() && address.release().is_none());
    }
}

#[test]
fn hosts_and_ports() {
    let table = [
        ("https://meet.example.org:8443/A", "meet.example.org", Some(8443)),
        ("http://meet.example.org:8080/A", "meet.example.org", Some(8080)),
        ("http://meet.example.org:443/A", "meet.example.org", None),
        ("https://meet.example.org:80/A", "meet.example.org", Some(80)),
        ("localhost:8443/A", "localhost", Some(8443)),
        ("https://127.0.0.1:8443/A", "127.0.0.1", Some(8443)),
        ("https://[2001:db8::1]/A", "[2001:db8::1]", None),
        ("https://[2001:DB8::1]:8443/A", "[2001:db8::1]", Some(8443)),
        ("https://treffen.münchen.example/A", "treffen.xn--mnchen-3ya.example", None),
        ("https://treffen.xn--mnchen-3ya.example/A", "treffen.xn--mnchen-3ya.example", None),
        ("https://ada:pw@meet.example.org:8443/A", "meet.example.org", Some(8443)),
    ];
    for (text, host, port) in table {
        let address = meeting(text);
        assert_eq!((address.host(), address.port()), (host, port), "{text}");
        let colon = port.map(|port| format!(":{port}")).unwrap_or_default();
        assert_eq!(address.origin(), format!("https://{host}{colon}"));
        assert_eq!(address.base_url(), format!("https://{host}{colon}/"));
    }
}

#[test]
fn tenants_are_normalised_and_their_folder_keeps_its_case() {
    let table = [
        ("https://meet.example.org/team/Room", Some("team"), "https://meet.example.org/team/"),
        ("https://meet.example.org/Team/Room", Some("team"), "https://meet.example.org/Team/"),
        ("https://meet.example.org/a/b/Room", Some("a/b"), "https://meet.example.org/a/b/"),
        ("https://meet.example.org//team//Room", Some("team"), "https://meet.example.org/team/"),
        ("https://meet.example.org/t@eam/Room", Some("team"), "https://meet.example.org/team/"),
        ("https://meet.example.org/Über/Room", Some("%c3%bcber"), "https://meet.example.org/%C3%9Cber/"),
        ("jitsi-meet://meet.example.org/team/Room", Some("team"), "https://meet.example.org/team/"),
    ];
    for (text, tenant, base) in table {
        let address = meeting(text);
        assert_eq!(address.tenant(), tenant, "{text}");
        assert_eq!(address.base_url(), base, "{text}");
        assert_eq!(address.room().as_str(), "room", "{text}");
    }
}

#[test]
fn a_bare_room_needs_a_server() {
    let table = [
        ("Standup", "meet.example.org", "https://meet.example.org/standup"),
        ("My Standup", "https://meet.example.org", "https://meet.example.org/mystandup"),
        ("Standup", "https://meet.example.org/", "https://meet.example.org/standup"),
        ("Standup", "meet.example.org:8443", "https://meet.example.org:8443/standup"),
        ("Standup", "meet.example.org/team", "https://meet.example.org/team/standup"),
        ("Standup", "https://meet.example.org/team/?x#y", "https://meet.example.org/team/standup"),
        ("team/Standup", "meet.example.org", "https://meet.example.org/team/standup"),
        ("/Standup", "meet.example.org", "https://meet.example.org/standup"),
        ("v1.2", "meet.example.org", "https://meet.example.org/v1.2"),
        ("Ada: Standup", "meet.example.org", "https://meet.example.org/adastandup"),
        ("org.jitsi.meet:Standup", "meet.example.org", "https://meet.example.org/standup"),
        ("会議", "localhost", "https://localhost/%e4%bc%9a%e8%ad%b0"),
        ("https://other.example/Standup", "meet.example.org", "https://other.example/standup"),
    ];
    for (text, preferred, url) in table {
        assert_eq!(
            parse(text, Some(preferred)).map(|address| address.to_url()),
            Ok(url.to_owned()),
            "{text}"
        );
    }
    assert_eq!(parse("Standup", None), Err(LinkError::NoServer));
    assert_eq!(parse("Standup", Some("  ")), Err(LinkError::NoServer));
    assert_eq!(parse("Standup", Some("https://")), Err(LinkError::InvalidServer));
    assert_eq!(parse("Standup", Some("mailto:ada@example.org")), Err(LinkError::InvalidServer));
    let muted =
        parse("Standup#config.startWithAudioMuted=true", Some("meet.example.org")).expect("a meeting");
    assert_eq!(muted.overrides().start_with_audio_muted, Some(true));
}

#[test]
fn every_cause_has_its_own_error() {
    let long = format!("https://meet.example.org/{}", "a".repeat(20_000));
    let table = [
        ("", LinkError::Empty),
        (" \t\r\n\u{200b}", LinkError::Empty),
        (long.as_str(), LinkError::TooLong),
        ("https://meet.example.org", LinkError::NotAMeeting),
        ("https://meet.example.org/", LinkError::NotAMeeting),
        ("https://meet.example.org/Room/", LinkError::NotAMeeting),
        ("https://meet.example.org/?room=Room", LinkError::NotAMeeting),
        ("https://meet.example.org/#Room", LinkError::NotAMeeting),
        ("https://meet.example.org/@:&", LinkError::NotAMeeting),
        ("https://meet.example.org/..", LinkError::NotAMeeting),
        ("https://meet.example.org/%2e%2E", LinkError::NotAMeeting),
        ("https://meet.example.org/team/../Room", LinkError::NotAMeeting),
        ("https://meet.example.org/.%2e/Room", LinkError::NotAMeeting),
        ("intent:meet.example.org/Room#Intent;end", LinkError::NotAMeeting),
        ("mailto:ada@example.org", LinkError::UnsupportedScheme),
        ("javascript:alert(1)", LinkError::UnsupportedScheme),
        ("JavaScript://meet.example.org/%0aalert(1)", LinkError::UnsupportedScheme),
        ("org.jitsi.meet:javascript:alert(1)", LinkError::UnsupportedScheme),
        ("file:///etc/passwd", LinkError::UnsupportedScheme),
        ("ftp://meet.example.org/Room", LinkError::UnsupportedScheme),
        ("wss://meet.example.org/Room", LinkError::UnsupportedScheme),
        ("data:text/html,hello", LinkError::UnsupportedScheme),
        ("intent://meet.example.org/Room#Intent;scheme=javascript;end", LinkError::UnsupportedScheme),
        ("https:///", LinkError::InvalidHost),
        ("https://@/Room", LinkError::InvalidHost),
        ("https://meet example<>.org/Room", LinkError::InvalidHost),
        ("https://[::1/Room", LinkError::InvalidHost),
        ("https://meet.example.org:0/Room", LinkError::InvalidPort),
        ("https://meet.example.org:65536/Room", LinkError::InvalidPort),
        ("https://meet.example.org:99999999999999999999/Room", LinkError::InvalidPort),
        ("https://meet.example.org:https/Room", LinkError::InvalidPort),
        ("https://meet.example.org:-1/Room", LinkError::InvalidPort),
        ("Standup", LinkError::NoServer),
    ];
    for (text, error) in table {
        assert_eq!(parse(text, None).map(|address| address.to_url()), Err(error), "{text:.80}");
    }
}

#[test]
fn the_deployments_own_paths_are_no_meetings() {
    let reserved = [
        "libs/app.bundle.min.js",
        "css/all.css",
        "static/close.html",
        "images/watermark.svg",
        "fonts",
        "lang/main.json",
        "sounds",
        "connection_optimization/x",
        ".well-known/assetlinks.json",
        "transcripts/x",
        "http-bind",
        "xmpp-websocket",
        "config.js",
        "interface_config.js",
        "external_api.js",
        "etherpad/p/x",
        "_api/room-info",
        "colibri-ws/default-id/x/y",
        "Config.js?room=x",
        "team/config.js",
        "team/static/close.html",
    ];
    for path in reserved {
        let text = format!("https://meet.example.org/{path}");
        assert_eq!(parse(&text, None), Err(LinkError::ReservedPath), "{text}");
    }
    assert_eq!(parse("http-bind", Some("meet.example.org")), Err(LinkError::ReservedPath));
    assert_eq!(meeting("https://meet.example.org/librarians").room().as_str(), "librarians");
}

#[test]
fn whitelisted_overrides_are_read_and_the_rest_is_not() {
    let address = meeting(
        "https://meet.example.org/Room#config.startWithAudioMuted=true&config.startWithVideoMuted=\"false\"\
         &config.prejoinConfig.enabled=false&config.lobby={\"autoKnock\":true}&config.p2p.enabled=false\
         &config.resolution=360&config.channelLastN=-1&config.startAudioMuted=12&config.startAudioOnly=true\
         &config.videoQuality.codecPreferenceOrder=%5B%22vp9%22%2C%22VP8%22%5D\
         &config.subject=%22Plan%20%26%20budget%22&userInfo.displayName=\u{201c}Ada%20L.\u{201d}\
         &config.requireDisplayName=undefined&config.startSilent=notjson&config.startLastN=-7\
         &config.hosts.domain=\"evil.example\"&config.websocket=\"wss://evil.example/\"&config.bosh=\"//evil\"\
         &config.bridgeChannel.preferSctp=false&config.__proto__.startSilent=true&interfaceConfig.X=1",
    );
    let overrides = address.overrides();
    assert_eq!(overrides.start_with_audio_muted, Some(true));
    assert_eq!(overrides.start_with_video_muted, Some(false));
    assert_eq!(overrides.prejoin_enabled, Some(false));
    assert_eq!(overrides.lobby_auto_knock, Some(true));
    assert_eq!(overrides.p2p_enabled, Some(false));
    assert_eq!(overrides.resolution, Some(360));
    assert_eq!(overrides.channel_last_n, Some(-1));
    assert_eq!(overrides.start_audio_muted, Some(12));
    assert_eq!(overrides.start_audio_only, Some(true));
    assert_eq!(overrides.codec_preference.as_deref(), Some(["VP9".to_owned(), "VP8".to_owned()].as_slice()));
    assert_eq!(overrides.subject.as_deref(), Some("Plan & budget"));
    assert_eq!(overrides.display_name.as_deref(), Some("Ada L."));
    assert_eq!((overrides.require_display_name, overrides.start_silent), (None, None));
    assert_eq!(overrides.start_last_n, None);
    assert!(!format!("{address:?}").contains("evil"));
    assert_eq!(address.to_url(), "https://meet.example.org/room");
}

#[test]
fn a_hash_router_is_no_override() {
    let address = meeting("https://meet.example.org/Room#/config.startSilent=true");
    assert!(address.overrides().is_empty());
}

#[test]
fn intent_links_keep_query_and_fragment() {
    let address = meeting(
        "intent://meet.example.org/Room?jwt=a.b.c#config.startWithAudioMuted=true#Intent;scheme=org.jitsi.meet;end",
    );
    assert_eq!(address.token().map(Token::as_str), Some("a.b.c"));
    assert_eq!(address.overrides().start_with_audio_muted, Some(true));
}

#[test]
fn the_release_is_pinned_by_the_query_only() {
    assert_eq!(meeting("https://meet.example.org/Room?release=release-1234").release(), Some("release-1234"));
    assert_eq!(meeting("https://meet.example.org/Room#release=release-1234").release(), None);
    assert_eq!(meeting("https://meet.example.org/Room?release=1%26room=x").release(), None);
}

fn token_link(claims: &str) -> String {
    let payload = URL_SAFE_NO_PAD.encode(claims);
    format!("https://meet.example.org/Room?jwt=eyJhbGciOiJIUzI1NiJ9.{payload}.c2lnbmF0dXJl")
}

#[test]
fn a_token_is_carried_read_and_never_shown() {
    let claims = r#"{"exp":1800000000,"nbf":1.7e9,"room":"*","sub":"team","context":{"group":"g","user":
        {"id":7,"name":"Ada","email":"ada@example.org","avatar":"https://example.org/a.png","moderator":"true"},
        "features":{"recording":"false","livestreaming":true,"odd":[]}}}"#;
    let address = meeting(&token_link(claims));
    let token = address.token().expect("the link has a token");
    let claims = token.claims().expect("it is a JWT");
    assert_eq!((claims.expires, claims.not_before), (Some(1_800_000_000), Some(1_700_000_000)));
    assert_eq!((claims.name.as_deref(), claims.user_id.as_deref()), (Some("Ada"), Some("7")));
    assert_eq!((claims.email.as_deref(), claims.moderator), (Some("ada@example.org"), Some(true)));
    assert_eq!((claims.room.as_deref(), claims.subject.as_deref()), (Some("*"), Some("team")));
    assert_eq!(claims.group.as_deref(), Some("g"));
    assert_eq!(claims.features.get("recording"), Some(&false));
    assert_eq!(claims.features.get("livestreaming"), Some(&true));
    assert!(claims.is_valid_at(1_750_000_000));
    assert!(!claims.is_valid_at(1_800_000_000) && !claims.is_valid_at(1_699_999_999));
    for debug in [format!("{token:?}"), format!("{address:?}"), format!("{address:#?}")] {
        assert!(!debug.contains("c2lnbmF0dXJl") && !debug.contains("eyJ"), "{debug}");
    }
    assert!(!address.to_url().contains("jwt"));
}

#[test]
fn the_fragments_token_wins_and_a_broken_one_claims_nothing() {
    let address = meeting("https://meet.example.org/Room?jwt=query#jwt=fragment&config.startSilent=true");
    assert_eq!(address.token().map(Token::as_str), Some("fragment"));
    assert_eq!(address.overrides().start_silent, Some(true));
    let quoted = meeting("https://meet.example.org/Room#jwt=%22a.b.c%22");
    assert_eq!(quoted.token().map(Token::as_str), Some("a.b.c"));
    for broken in ["a", "a.b.c", "a.!!!.c", "a.bnVsbA.c", "..", "a.W10.c"] {
        let address = meeting(&format!("https://meet.example.org/Room?jwt={broken}"));
        assert_eq!(address.token().and_then(Token::claims), None, "{broken}");
    }
    for unusable in ["a%0D%0AHost:evil", "a%26room=x", "%22%22", ""] {
        let address = meeting(&format!("https://meet.example.org/Room?jwt={unusable}"));
        assert!(address.token().is_none(), "{unusable}");
    }
}

#[test]
fn servers_of_the_settings() {
    let table = [
        ("meet.example.org", "https://meet.example.org/"),
        ("https://Meet.Example.org", "https://meet.example.org/"),
        ("http://meet.example.org/", "https://meet.example.org/"),
        ("meet.example.org:8443/team/", "https://meet.example.org:8443/team/"),
        ("jitsi-meet://meet.example.org", "https://meet.example.org/"),
        ("localhost:8443", "https://localhost:8443/"),
        ("[::1]:8443", "https://[::1]:8443/"),
    ];
    for (text, base) in table {
        assert_eq!(parse_server(text).map(|server| server.base_url()), Ok(base.to_owned()), "{text}");
    }
    assert_eq!(parse_server(""), Err(LinkError::Empty));
    assert_eq!(parse_server("ftp://meet.example.org"), Err(LinkError::UnsupportedScheme));
    assert_eq!(parse_server("meet.example.org:x"), Err(LinkError::InvalidPort));
    assert_eq!(parse_server("https://meet.example.org/.."), Err(LinkError::InvalidHost));
}

#[test]
fn a_server_is_read_from_its_address_or_any_meeting_on_it() {
    let table = [
        ("meet.example.org", "meet.example.org"),
        ("https://meet.example.org", "meet.example.org"),
        ("https://Meet.Example.org/", "meet.example.org"),
        ("https://meet.example.org/Standup", "meet.example.org"),
        ("meet.example.org:8443/Standup?jwt=x#config.a=1", "meet.example.org:8443"),
        ("https://meet.example.org/tenant/Standup", "meet.example.org/tenant"),
        ("https://meet.example.org/tenant/", "meet.example.org/tenant"),
        ("org.jitsi.meet://meet.example.org/Standup", "meet.example.org"),
        ("Ada invites you: https://meet.example.org/Standup.", "meet.example.org"),
        ("https://[2001:db8::1]:8443/", "[2001:db8::1]:8443"),
        ("localhost", "localhost"),
    ];
    for (text, compact) in table {
        let server = server_of(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(server.compact(), compact, "{text}");
        assert_eq!(parse_server(compact).as_ref(), Ok(&server), "{compact}");
    }
    for text in
        ["", "standup", "Pub quiz", "mailto:ada@example.org", "https://", "https://meet.example.org:99999/x"]
    {
        assert!(server_of(text).is_err(), "{text}");
    }
    assert_eq!(server_of("https://meet.example.org/static/x.js"), Err(LinkError::ReservedPath));
}
