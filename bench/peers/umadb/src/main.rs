//! umadb-peer serve --listen ADDRESS --db-path FOLDER
//! umadb-peer append ADDRESS CLIENTS SECONDS
//!
//! The second appends small events, each on the condition that its stream has none yet, one after
//! the other at each client, and prints {"per_second":…}.

use std::error::Error;
use std::time::{Duration, Instant};

use umadb_client::UmaDbClient;
use umadb_dcb::{DcbAppendCondition, DcbEvent, DcbEventStoreAsync, DcbQuery, DcbQueryItem};

const WARM_UP: Duration = Duration::from_millis(500);
const DATA: &[u8] = br#"{"product_id":"p-1","location_id":"main"}"#;

type Failure = Box<dyn Error + Send + Sync>;

// A server that has just been started takes a moment to listen.
async fn connect(address: &str) -> Result<impl DcbEventStoreAsync, Failure> {
    let until = Instant::now() + Duration::from_secs(10);
    loop {
        match UmaDbClient::new(address.into()).connect_async().await {
            Ok(store) => return Ok(store),
            Err(why) if Instant::now() > until => return Err(why.into()),
            Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
        }
    }
}

// How many appends of this client were answered between the two moments.
async fn append(
    address: String,
    name: String,
    begin: Instant,
    end: Instant,
) -> Result<u64, Failure> {
    let store = connect(&address).await?;
    let mut count = 0;
    for number in 0.. {
        let stream = format!("{name}-{number}");
        let item = DcbQueryItem::new().tags([stream.as_str()]);
        let fresh = DcbAppendCondition::new(DcbQuery::new().item(item));
        let event = DcbEvent::default()
            .event_type("StockItemCreated")
            .tags([stream.as_str()])
            .data(DATA);
        store.append(vec![event], Some(fresh), None).await?;
        let now = Instant::now();
        if now >= end {
            break;
        }
        count += u64::from(now >= begin);
    }
    Ok(count)
}

async fn measure(address: &str, clients: usize, time: Duration) -> Result<f64, Failure> {
    connect(address).await?;
    let begin = Instant::now() + WARM_UP;
    // No two runs on one database make the same streams.
    let run = std::process::id();
    let running: Vec<_> = (0..clients)
        .map(|client| {
            tokio::spawn(append(
                address.into(),
                format!("{run}-{client}"),
                begin,
                begin + time,
            ))
        })
        .collect();
    let mut count = 0;
    for client in running {
        count += client.await??;
    }
    Ok(count as f64 / time.as_secs_f64())
}

fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[1..] {
        ["serve", ..] => {
            let options =
                umadb::parse_cli_options(&arguments[1..]).map_err(|why| why.to_string())?;
            umadb::start_server_with_cli_options(options).map_err(|why| why.to_string())?;
        }
        ["append", address, clients, seconds] => {
            let time = Duration::from_secs(seconds.parse()?);
            let rate = tokio::runtime::Runtime::new()?.block_on(measure(
                address,
                clients.parse()?,
                time,
            ))?;
            println!("{{\"per_second\":{rate:.1}}}");
        }
        _ => {
            return Err(
                "usage: umadb-peer serve OPTIONS, or append ADDRESS CLIENTS SECONDS".into(),
            );
        }
    }
    Ok(())
}
