//! From what the queue does to a rate: additive and multiplicative increase, multiplicative decrease, and loss
//! (draft-ietf-rmcat-gcc-02 §5.5 and §6).

use std::time::{Duration, Instant};

use super::trend::Usage;

const DECREASE: f64 = 0.85;
/// Growth in a second where the path's limit is unknown.
const INCREASE: f64 = 1.08;
/// The same before there was ever trouble.
const QUICK_INCREASE: f64 = 2.0;
/// The same far below what the path is known to carry.
const RECOVERY: f64 = 1.5;
const FAR_BELOW: f64 = 0.75;
/// More than so many times what is known to arrive is a guess; what is not tested is not raised.
const UNTESTED: f64 = 2.5;
const UNTESTED_FLOOR: f64 = 150_000.0;
/// Additive increase is at least so much a second.
const LEAST_STEP: f64 = 4_000.0;
const PACKET_BITS: f64 = 9_600.0;
const LITTLE_LOSS: f64 = 0.02;
const HEAVY_LOSS: f64 = 0.10;
/// Loss is averaged over about so many packets: over the few, one in twenty looks like one in ten every few seconds; over
/// the many, loss that has ended would count for seconds.
const MANY_PACKETS: f64 = 200.0;
const FEW_PACKETS: f64 = 40.0;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Hold,
    Increase,
}

/// What the path carried when its queue grew.
#[derive(Clone, Copy, Debug)]
struct Capacity {
    mean: f64,
    /// Variance over mean.
    spread: f64,
}

impl Capacity {
    fn update(capacity: Option<Self>, sample: f64) -> Self {
        let Some(Self { mean, spread }) = capacity else {
            return Self { mean: sample, spread: 400.0 };
        };
        let mean = 0.95 * mean + 0.05 * sample;
        let error = mean - sample;
        let spread = (0.95 * spread + 0.05 * error * error / mean.max(1.0)).clamp(400.0, 2500.0);
        Self { mean, spread }
    }

    fn deviation(self) -> f64 {
        (self.spread * self.mean).sqrt()
    }

    fn is_near(self, rate: f64) -> bool {
        (rate - self.mean).abs() <= 3.0 * self.deviation()
    }
}

/// The rate.
#[derive(Debug)]
pub(super) struct Control {
    rate: f64,
    min: f64,
    max: f64,
    state: State,
    capacity: Option<Capacity>,
    untroubled: bool,
    last: Option<Instant>,
    last_decrease: Option<Instant>,
    /// Share of packets lost, over many and over few.
    loss: f64,
    recent_loss: f64,
}

/// One round of feedback.
#[derive(Clone, Copy, Debug)]
pub(super) struct Round {
    pub(super) usage: Usage,
    /// Bits per second that arrived lately, once that is known.
    pub(super) arriving: Option<f64>,
    /// Packets this round's feedback told of.
    pub(super) packets: usize,
    /// Share of them that did not arrive.
    pub(super) lost: f64,
    pub(super) round_trip: Duration,
}

impl Control {
    pub(super) fn new(initial: f64, min: f64, max: f64) -> Self {
        Self {
            rate: initial.clamp(min, max),
            min,
            max,
            state: State::Increase,
            capacity: None,
            untroubled: true,
            last: None,
            last_decrease: None,
            loss: 0.0,
            recent_loss: 0.0,
        }
    }

    pub(super) fn rate(&self) -> f64 {
        self.rate
    }

    pub(super) fn update(&mut self, now: Instant, round: Round) {
        let elapsed = self.last.map_or(Duration::ZERO, |last| now.saturating_duration_since(last));
        let elapsed = elapsed.min(Duration::from_secs(1)).as_secs_f64();
        self.last = Some(now);
        let weight = |packets: f64| (round.packets as f64 / packets).min(0.5);
        self.loss += weight(MANY_PACKETS) * (round.lost - self.loss);
        self.recent_loss += weight(FEW_PACKETS) * (round.lost - self.recent_loss);
        match round.usage {
            Usage::Over => {
                if let Some(arriving) = round.arriving
                    && self.may_decrease(now, arriving, round.round_trip)
                {
                    self.decrease(now, arriving);
                }
            }
            Usage::Under => self.state = State::Hold,
            Usage::Normal if self.state == State::Hold => self.state = State::Increase,
            Usage::Normal if self.recent_loss < LITTLE_LOSS => self.increase(elapsed, &round),
            Usage::Normal => {}
        }
        let heavy = self.loss.min(self.recent_loss) > HEAVY_LOSS;
        if heavy && self.rested(now, round.round_trip + Duration::from_millis(300)) {
            self.rate *= 1.0 - 0.5 * self.recent_loss;
            self.untroubled = false;
            self.last_decrease = Some(now);
        }
        self.rate = self.rate.clamp(self.min, self.max);
    }

    fn rested(&self, now: Instant, pause: Duration) -> bool {
        self.last_decrease.is_none_or(|last| now.saturating_duration_since(last) >= pause)
    }

    fn may_decrease(&self, now: Instant, arriving: f64, round_trip: Duration) -> bool {
        let pause = round_trip.clamp(Duration::from_millis(10), Duration::from_millis(200));
        self.rested(now, pause) || arriving < self.rate / 2.0
    }

    fn decrease(&mut self, now: Instant, arriving: f64) {
        let mut rate = DECREASE * arriving;
        // What arrives may be more than is sent now: the queue drains.
        if let Some(capacity) = self.capacity.filter(|_| rate > self.rate) {
            rate = DECREASE * capacity.mean;
        }
        self.rate = self.rate.min(rate);
        let known = self.capacity.filter(|capacity| arriving >= capacity.mean - 3.0 * capacity.deviation());
        self.capacity = Some(Capacity::update(known, arriving));
        self.state = State::Hold;
        self.untroubled = false;
        self.last_decrease = Some(now);
    }

    fn increase(&mut self, elapsed: f64, round: &Round) {
        let Some(arriving) = round.arriving else { return };
        if self.capacity.is_some_and(|capacity| arriving > capacity.mean + 3.0 * capacity.deviation()) {
            self.capacity = None;
        }
        let raised = match self.capacity.filter(|capacity| capacity.is_near(self.rate)) {
            // Near the limit: about a packet a round trip.
            Some(_) => {
                let response = (round.round_trip + Duration::from_millis(100)).as_secs_f64() * 2.0;
                self.rate + (PACKET_BITS / response).max(LEAST_STEP) * elapsed
            }
            None => {
                let far_below = self.capacity.is_some_and(|capacity| self.rate < FAR_BELOW * capacity.mean);
                let factor = match far_below {
                    _ if self.untroubled => QUICK_INCREASE,
                    true => RECOVERY,
                    false => INCREASE,
                };
                self.rate * factor.powf(elapsed)
            }
        };
        // A rate nobody uses is not lowered, but neither raised.
        let limit = UNTESTED * arriving + UNTESTED_FLOOR;
        self.rate = raised.min(self.rate.max(limit));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn round(usage: Usage, arriving: f64, lost: f64) -> Round {
        Round { usage, arriving: Some(arriving), lost, packets: 20, round_trip: Duration::from_millis(50) }
    }

    fn run(control: &mut Control, from: Instant, rounds: u32, of: Round) -> Instant {
        let mut now = from;
        for _ in 0..rounds {
            now += Duration::from_millis(100);
            control.update(now, of);
        }
        now
    }

    #[test]
    fn without_trouble_it_doubles_each_second_while_it_is_tested() {
        let mut control = Control::new(1e6, 6e4, 1e7);
        let now = run(&mut control, Instant::now(), 11, round(Usage::Normal, 9e5, 0.0));
        assert!((1.9e6..2.1e6).contains(&control.rate()), "{}", control.rate());
        run(&mut control, now, 50, round(Usage::Normal, 9e5, 0.0));
        assert!((2.3e6..2.5e6).contains(&control.rate()), "untested: {}", control.rate());
    }

    #[test]
    fn a_growing_queue_falls_back_to_what_arrives_and_then_feels_its_way() {
        let mut control = Control::new(1e6, 6e4, 1e7);
        let now = run(&mut control, Instant::now(), 3, round(Usage::Over, 6e5, 0.0));
        assert!((control.rate() - 5.1e5).abs() < 1e3, "{}", control.rate());
        let now = run(&mut control, now, 10, round(Usage::Under, 6e5, 0.0));
        assert!((control.rate() - 5.1e5).abs() < 1e3, "it waits until the queue is gone");
        run(&mut control, now, 10, round(Usage::Normal, 5.1e5, 0.0));
        assert!((5.1e5..5.7e5).contains(&control.rate()), "{}", control.rate());
    }

    #[test]
    fn little_loss_is_borne_and_heavy_loss_is_not() {
        let mut control = Control::new(1e6, 6e4, 1e7);
        run(&mut control, Instant::now(), 50, round(Usage::Normal, 9e5, 0.05));
        assert!((1e6..2e6).contains(&control.rate()), "{}", control.rate());
        run(&mut control, Instant::now(), 50, round(Usage::Normal, 9e5, 0.3));
        assert!(control.rate() < 5e5, "{}", control.rate());
    }
}
