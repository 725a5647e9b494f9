//! What a stanza costs in the middle of a meeting: a presence, a chat message and a ping, in small and large rooms.

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use treff_signalling::fuzz::Meeting;

fn presence(person: usize, muted: bool) -> String {
    format!(
        "<presence xmlns='jabber:client' from='garden@conference.meet.example/{person:08x}'>\
         <stats-id>Kai-x2f</stats-id><c xmlns='http://jabber.org/protocol/caps' hash='sha-1' node='https://x' ver='0='/>\
         <nick xmlns='http://jabber.org/protocol/nick'>Person {person}</nick>\
         <SourceInfo>{{\"{person:08x}-a0\":{{\"muted\":{muted}}},\"{person:08x}-v0\":{{\"muted\":true}}}}</SourceInfo>\
         <jitsi_participant_codecList>av1,vp9,vp8,h264</jitsi_participant_codecList>\
         <x xmlns='http://jabber.org/protocol/muc#user'><item affiliation='none' role='participant' \
         jid='{person:08x}-1@meet.example/r'/></x></presence>"
    )
}

fn stanzas(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("stanza");
    for room in [2, 500] {
        let mut meeting = Meeting::begin();
        for person in 0..room {
            meeting.hear(&presence(person, false));
        }
        let changes = [presence(1, true), presence(1, false)];
        let mut turn = 0;
        group.bench_function(BenchmarkId::new("presence", room), |bencher| {
            bencher.iter(|| {
                turn += 1;
                meeting.hear(&changes[turn % 2]);
            });
        });
        let chat = "<message xmlns='jabber:client' type='groupchat' id='m1' \
                    from='garden@conference.meet.example/00000001'><body>Hello, all of you</body></message>";
        group.bench_function(BenchmarkId::new("chat", room), |bencher| bencher.iter(|| meeting.hear(chat)));
        let ping = "<iq xmlns='jabber:client' type='get' id='p1' from='meet.example'>\
                    <ping xmlns='urn:xmpp:ping'/></iq>";
        group.bench_function(BenchmarkId::new("ping", room), |bencher| bencher.iter(|| meeting.hear(ping)));
    }
    group.finish();
}

criterion_group!(benches, stanzas);
criterion_main!(benches);
