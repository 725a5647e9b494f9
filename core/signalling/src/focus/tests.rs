use super::*;
use crate::xml::parse_frame;

const SECOND: Duration = Duration::from_secs(1);

fn request(http: bool) -> FocusRequest {
    FocusRequest::new(Parameters {
        room: "garden@conference.example".into(),
        room_query: "garden".into(),
        focus: "focus.example".into(),
        machine_uid: "0123".into(),
        token: http.then(|| "jwt".to_owned()),
        http_url: http.then(|| "https://meet.example/conference-request/v1".to_owned()),
        start_audio_muted: Some(10),
        start_video_muted: None,
    })
}

fn iq(kind: &str, inner: &str) -> Element {
    parse_frame(&format!("<iq xmlns='jabber:client' type='{kind}'>{inner}</iq>")).unwrap()
}

fn error(inner: &str) -> Element {
    iq(
        "error",
        &format!(
            "<error type='cancel'>{}</error>",
            inner.replace("/>", " xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>")
        ),
    )
}

fn conference(attributes: &str, inner: &str) -> Element {
    iq(
        "result",
        &format!("<conference xmlns='http://jitsi.org/protocol/focus' {attributes}>{inner}</conference>"),
    )
}

fn actions(out: &mut Output) -> Vec<Action> {
    std::iter::from_fn(|| out.poll_action()).collect()
}

fn events(out: &mut Output) -> Vec<Event> {
    std::iter::from_fn(|| out.poll_event()).collect()
}

#[test]
fn the_iq_waits_for_the_stream_and_says_what_is_configured() {
    let (now, mut out, mut focus) = (Instant::now(), Output::new(1), request(false));
    focus.begin(now, false, &mut out);
    assert_eq!(actions(&mut out), []);
    focus.stream_ready(now, &mut out);
    let Some(Action::SendFrame(frame)) = out.poll_action() else { panic!("nothing sent") };
    let sent = parse_frame(&frame).unwrap();
    assert_eq!((sent.attr("to"), sent.attr("type")), (Some("focus.example"), Some("set")));
    let conference = sent.get_child("conference", ns::FOCUS).unwrap();
    assert_eq!(conference.attr("room"), Some("garden@conference.example"));
    let properties: Vec<_> =
        conference.children().map(|p| (p.attr("name").unwrap(), p.attr("value").unwrap())).collect();
    assert_eq!(properties, [("startAudioMuted", "10"), ("rtcstatsEnabled", "false")]);
}

#[test]
fn a_server_being_updated_is_named_and_not_asked_again() {
    let (now, mut out, mut focus) = (Instant::now(), Output::new(1), request(false));
    focus.begin(now, true, &mut out);
    let refusal = iq(
        "error",
        "<error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>\
         <graceful-shutdown xmlns='http://jitsi.org/protocol/colibri'/></error>",
    );
    let verdict = focus.answered(now, &Answer::Error(&refusal), &mut out);
    assert_eq!(verdict, Verdict::Ended(EndReason::FocusUnavailable));
    assert_eq!(events(&mut out), [Event::Warning(Warning::GracefulShutdown)]);
}

#[test]
fn http_needs_no_stream() {
    let (now, mut out, mut focus) = (Instant::now(), Output::new(1), request(true));
    focus.begin(now, false, &mut out);
    assert_eq!(
        actions(&mut out),
        [Action::HttpConferenceRequest {
            url: "https://meet.example/conference-request/v1?room=garden".into(),
            bearer: Some("jwt".into()),
            body: r#"{"machineUid":"0123","properties":{"rtcstatsEnabled":false,"startAudioMuted":10},"room":"garden@conference.example"}"#.into(),
        }]
    );
    let body = r#"{"room":"garden@conference.example","ready":true,"focusJid":"focus@auth.example","properties":{"authentication":"false"}}"#;
    assert_eq!(
        focus.http_answered(now, 200, body, false, &mut out),
        Verdict::Ready { focus: Some("focus@auth.example".into()) }
    );
}

#[test]
fn a_focus_that_is_not_ready_is_asked_again_ever_more_slowly() {
    let (mut now, mut out, mut focus) = (Instant::now(), Output::new(1), request(false));
    focus.begin(now, true, &mut out);
    for wait in [1, 2, 4, 8, 16, 32, 64, 120, 120] {
        focus.answered(now, &Answer::Result(&conference("ready='false'", "")), &mut out);
        actions(&mut out);
        assert_eq!(focus.poll_timeout(), Some(now + wait * SECOND));
        now += wait * SECOND;
        assert_eq!(focus.handle_timeout(now, true, &mut out), Verdict::Pending);
        assert_eq!(actions(&mut out).len(), 1);
    }
    let ready = conference("ready='true' focusjid='focus@auth.example' session-id='s1'", "");
    assert_eq!(
        focus.answered(now, &Answer::Result(&ready), &mut out),
        Verdict::Ready { focus: Some("focus@auth.example".into()) }
    );
}

#[test]
fn without_a_host_we_wait_and_say_so_once() {
    let (mut now, mut out, mut focus) = (Instant::now(), Output::new(1), request(false));
    focus.begin(now, true, &mut out);
    for _ in 0..3 {
        focus.answered(now, &Answer::Error(&error("<not-authorized/>")), &mut out);
        now = focus.poll_timeout().unwrap();
        focus.handle_timeout(now, true, &mut out);
    }
    assert_eq!(events(&mut out), [Event::WaitingForHost]);
    assert_eq!(actions(&mut out).len(), 4);
}

#[test]
fn a_stale_session_is_dropped_and_asked_again_at_once() {
    let (now, mut out, mut focus) = (Instant::now(), Output::new(1), request(false));
    focus.begin(now, true, &mut out);
    focus.answered(now, &Answer::Result(&conference("ready='true' session-id='s1'", "")), &mut out);
    focus.begin(now, true, &mut out);
    let asked = actions(&mut out);
    assert!(matches!(asked.last(), Some(Action::SendFrame(frame)) if frame.contains("session-id='s1'")));
    focus.answered(now, &Answer::Error(&error("<not-acceptable/><session-invalid/>")), &mut out);
    let asked = actions(&mut out);
    assert!(matches!(asked.as_slice(), [Action::SendFrame(frame)] if !frame.contains("session-id")));
}

#[test]
fn refusals_keep_their_words() {
    let reservation = "<not-allowed/><reservation-error/><text>Only from nine to five</text>";
    for (inner, reason) in [
        (reservation, EndReason::ReservationRefused { text: "Only from nine to five".into() }),
        ("<bad-request/>", EndReason::Refused { text: "bad-request".into() }),
    ] {
        let (now, mut out, mut focus) = (Instant::now(), Output::new(1), request(false));
        focus.begin(now, true, &mut out);
        assert_eq!(focus.answered(now, &Answer::Error(&error(inner)), &mut out), Verdict::Ended(reason));
    }
}

#[test]
fn an_absent_focus_is_retried_and_in_the_end_given_up() {
    let (mut now, mut out, mut focus) = (Instant::now(), Output::new(1), request(false));
    focus.begin(now, true, &mut out);
    let start = now;
    let end = loop {
        match focus.answered(now, &Answer::Error(&error("<service-unavailable/>")), &mut out) {
            Verdict::Pending => {
                now = focus.poll_timeout().unwrap();
                focus.handle_timeout(now, true, &mut out);
            }
            end => break end,
        }
    };
    assert_eq!(end, Verdict::Ended(EndReason::FocusUnavailable));
    assert_eq!(events(&mut out), [Event::Warning(Warning::FocusUnavailable)]);
    assert!(now - start > 180 * SECOND && now - start < 300 * SECOND);
}

#[test]
fn failing_http_gives_way_to_iq() {
    let (mut now, mut out, mut focus) = (Instant::now(), Output::new(1), request(true));
    focus.begin(now, true, &mut out);
    focus.http_answered(now, 502, "", true, &mut out);
    now = focus.poll_timeout().unwrap();
    focus.handle_timeout(now, true, &mut out);
    focus.http_failed(now, true, &mut out);
    now = focus.poll_timeout().unwrap();
    focus.handle_timeout(now, true, &mut out);
    let kinds: Vec<bool> = actions(&mut out)
        .iter()
        .map(|action| matches!(action, Action::HttpConferenceRequest { .. }))
        .collect();
    assert_eq!(kinds, [true, true, false]);
}

#[test]
fn http_speaks_in_status_codes() {
    assert_eq!(Reply::of_http(403, ""), Reply::NotAuthorized);
    assert_eq!(Reply::of_http(400, "invalid-session"), Reply::SessionInvalid);
    assert_eq!(Reply::of_http(200, r#"{"ready":true,"vnode":"v1"}"#), Reply::Redirected);
    assert_eq!(
        Reply::of_http(200, r#"{"ready":true,"properties":{"live":"false"}}"#),
        Reply::NotReady { live: false }
    );
    assert_eq!(Reply::of_http(200, "<html>"), Reply::Unavailable);
}
