//! The handle that a front end holds, and the thread behind it.

use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use async_channel::{Receiver, Sender};
use async_executor::LocalExecutor;

use crate::bus::{Bus, BusKind, within};
use crate::command::Command;
use crate::event::{Event, Wish};
use crate::failure::Failure;
use crate::instance::{self, Instance};
use crate::options::{BusAddress, Options};
use crate::{appearance, awake, background, haptics, keeper, notices, opener, portal};

/// How long taking notices back may hold up the end.
const FAREWELL: Duration = Duration::from_millis(700);

/// A front end's way to the desktop. Dropping it takes the notices back and lets the screen sleep again.
#[derive(Debug)]
pub struct Desktop {
    commands: Sender<Command>,
    instance: Arc<Claimed>,
    thread: Option<JoinHandle<()>>,
}

impl Desktop {
    /// Starts the thread and returns at once. `observer` is called on that thread, one event at a time, possibly before
    /// the window exists; it must return quickly.
    pub fn start(options: Options, observer: impl FnMut(Event) + Send + 'static) -> Self {
        let (commands, inbox) = async_channel::unbounded();
        let instance = Arc::new(Claimed::default());
        let told = Arc::clone(&instance);
        let work = move || run(&options, inbox, &told, observer);
        let thread = std::thread::Builder::new().name("treff-desktop".to_owned()).spawn(work);
        if let Err(error) = &thread {
            tracing::error!(%error, "No thread for the desktop's services.");
            instance.set(Instance::Alone(Failure::Missing));
        }
        Self { commands, instance, thread: thread.ok() }
    }

    /// Whether we are the first Treff of this session; waits for the answer, but not longer than `limit`. It comes
    /// within some milliseconds where the bus answers, and within three seconds in any case.
    #[must_use]
    pub fn instance(&self, limit: Duration) -> Instance {
        self.instance.wait(limit)
    }

    /// Hands a command over. Never blocks; after the end it does nothing.
    pub fn dispatch(&self, command: Command) {
        let _ = self.commands.try_send(command);
    }
}

impl Drop for Desktop {
    fn drop(&mut self) {
        self.commands.close();
        if let Some(thread) = self.thread.take() {
            // It may be dropped by the observer itself, on the very thread to be waited for.
            if thread.thread().id() != std::thread::current().id() {
                let _ = thread.join();
            }
        }
    }
}

/// The answer to who is first, for the one who waits for it.
#[derive(Debug, Default)]
struct Claimed {
    answer: Mutex<Option<Instance>>,
    changed: Condvar,
}

impl Claimed {
    fn set(&self, instance: Instance) {
        *self.answer.lock().unwrap_or_else(PoisonError::into_inner) = Some(instance);
        self.changed.notify_all();
    }

    fn wait(&self, limit: Duration) -> Instance {
        let answer = self.answer.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.changed.wait_timeout_while(answer, limit, |answer| answer.is_none());
        let (answer, _) = waited.unwrap_or_else(PoisonError::into_inner);
        answer.unwrap_or(Instance::Alone(Failure::TimedOut))
    }
}

/// Where the services put what they have to tell.
#[derive(Clone, Debug)]
pub(crate) struct Outbox(Sender<Event>);

impl Outbox {
    pub(crate) fn tell(&self, event: Event) {
        let _ = self.0.try_send(event);
    }

    pub(crate) fn failed(&self, wish: Wish, failure: Failure) {
        self.tell(Event::Failed { wish, failure });
    }
}

/// What every service works with.
#[derive(Clone, Debug)]
pub(crate) struct Context {
    pub(crate) bus: Bus,
    pub(crate) system: BusAddress,
    pub(crate) sandboxed: bool,
    pub(crate) downloads: Option<PathBuf>,
    pub(crate) outbox: Outbox,
}

fn run(options: &Options, inbox: Receiver<Command>, told: &Claimed, mut observer: impl FnMut(Event)) {
    let executor = LocalExecutor::new();
    let (events, heard) = async_channel::unbounded();
    let outbox = Outbox(events.clone());
    let work = async {
        live(options, &inbox, told, &outbox, &executor).await;
        // The connection's own tasks hold outboxes, so the channel does not close by itself.
        events.close();
    };
    let observe = async {
        while let Ok(event) = heard.recv().await {
            observer(event);
        }
    };
    async_io::block_on(executor.run(futures_lite::future::zip(work, observe)));
}

async fn live<'a>(
    options: &Options,
    inbox: &Receiver<Command>,
    told: &Claimed,
    outbox: &Outbox,
    executor: &LocalExecutor<'a>,
) {
    let bus = match Bus::connect(BusKind::Session, &options.session, executor).await {
        Ok(bus) => bus,
        Err(failure) => {
            told.set(Instance::Alone(failure));
            outbox.failed(Wish::Appearance, failure);
            return refuse_all(options, inbox, outbox, failure).await;
        }
    };
    let instance = instance::claim(&bus, options, outbox).await;
    told.set(instance);
    if instance == Instance::HandedOver {
        return bus.close().await;
    }
    if !options.sandboxed {
        portal::register(&bus).await;
    }
    let context = Context {
        bus: bus.clone(),
        system: options.system.clone(),
        sandboxed: options.sandboxed,
        downloads: options.downloads.clone(),
        outbox: outbox.clone(),
    };
    serve(&context, inbox, executor).await;
    bus.close().await;
}

/// One task a service, so that one that waits holds up no other.
async fn serve<'a>(context: &Context, inbox: &Receiver<Command>, executor: &LocalExecutor<'a>) {
    executor.spawn(appearance::watch(context.clone())).detach();
    let (notices, notice_inbox) = async_channel::unbounded();
    let noticing = executor.spawn(notices::serve(context.clone(), notice_inbox));
    let (wakings, awake_inbox) = async_channel::unbounded();
    let waking = executor.spawn(awake::serve(context.clone(), awake_inbox));
    while let Ok(command) = inbox.recv().await {
        match command {
            Command::Notify(notice) => send(&notices, notices::Order::Show(notice)),
            Command::Withdraw(subject) => send(&notices, notices::Order::Withdraw(subject)),
            Command::WithdrawAll => send(&notices, notices::Order::WithdrawAll),
            Command::KeepAwake { awake, reason } => send(&wakings, (awake, reason)),
            Command::OpenUri { uri, ask } => executor.spawn(opener::open(context.clone(), uri, ask)).detach(),
            Command::Keep(file) => executor.spawn(keeper::keep(context.clone(), file)).detach(),
            Command::Touch(touch) => executor.spawn(haptics::touch(context.clone(), touch)).detach(),
            Command::StayInBackground { reason } => {
                executor.spawn(background::stay(context.clone(), reason)).detach();
            }
        }
    }
    drop((notices, wakings));
    let goodbye = within(FAREWELL, async {
        futures_lite::future::zip(noticing, waking).await;
        Ok(())
    });
    if goodbye.await.is_err() {
        tracing::debug!("Not every notice was taken back in time.");
    }
}

fn send<T>(channel: &Sender<T>, order: T) {
    let _ = channel.try_send(order);
}

/// Without a bus every wish is answered all the same. Opening a link and keeping a file need none.
async fn refuse_all(options: &Options, inbox: &Receiver<Command>, outbox: &Outbox, failure: Failure) {
    while let Ok(command) = inbox.recv().await {
        let wish = match command {
            Command::Notify(_) => Wish::Notice,
            Command::Withdraw(_) | Command::WithdrawAll => continue,
            Command::KeepAwake { .. } => Wish::Awake,
            Command::OpenUri { uri, .. } => {
                opener::tell(outbox, opener::by_program(&uri).await);
                continue;
            }
            Command::Keep(file) => {
                keeper::tell(outbox, keeper::in_folder(options.downloads.as_deref(), &file));
                continue;
            }
            Command::Touch(_) => Wish::Touch,
            Command::StayInBackground { .. } => Wish::Background,
        };
        outbox.failed(wish, failure);
    }
}
