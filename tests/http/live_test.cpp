// Rows and lists that are followed.

#include <doctest/doctest.h>

#include <thread>

#include "tests/http/gateway.hpp"
#include "tests/support/wait.hpp"

using namespace http_test;
using inventory::TransferStatus;
using std::chrono::milliseconds;

namespace {

// The view has folded up to there; followers see what was put before.
void move_to(Gateway& gateway, kernel::CommitNumber commit) {
  gateway.view.stand_at(kernel::Position{incarnation, commit});
}

// A client that follows something.
struct Follower : Client {
  Answer begin;
  Follower(const Gateway& gateway, const std::string& target, const std::string& last_event = "")
      : Client{gateway.port()} {
    send(
        "GET " + target + " HTTP/1.1\r\nHost: test\r\nAccept: text/event-stream\r\n" +
        (last_event.empty() ? "" : "Last-Event-ID: " + last_event + "\r\n") + "\r\n");
    begin = receive_head_only();
  }
};

std::string told(const Event& event) {
  const auto data = event.data.empty() ? nlohmann::json{} : event.json();
  std::string what = event.kind.empty() ? "-" : event.kind;
  if (data.contains("key")) what += ' ' + data["key"].get<std::string>();
  if (data.contains("inventory_id")) what += ' ' + data["inventory_id"].get<std::string>();
  if (data.contains("transfer_id")) what += ' ' + data["transfer_id"].get<std::string>();
  if (data.contains("items"))
    for (const auto& item : data["items"]) what += ' ' + item["transfer_id"].get<std::string>();
  return event.id.empty() ? what : what + " @" + event.id.substr(event.id.find('-') + 1);
}

views::Row started(const std::string& id, int at, std::uint64_t version = 1) {
  auto row = transfer_row(id, TransferStatus::started, at);
  row.version = version;
  row.position = version;
  return row;
}

http::LiveLimits quick() { return {.between_looks = milliseconds{1}}; }

}  // namespace

TEST_SUITE("http: live") {
  TEST_CASE("a followed row is told as it is, and then whenever it changes") {
    Gateway gateway{"1", quick()};
    gateway.view.put("items", item_row("sku-1", 5, 1, 7));
    Follower follower{gateway, "/inventory/sku-1"};
    CHECK(follower.begin.status == 200);
    CHECK(follower.begin.header("content-type") == "text/event-stream");
    CHECK(follower.begin.header("cache-control") == "no-cache");
    const auto snapshot = follower.receive_event();
    CHECK(told(snapshot) == "snapshot sku-1 @7");
    CHECK(snapshot.json() == Client{gateway.port()}.get("/inventory/sku-1").json());
    gateway.view.put("items", item_row("sku-2", 1, 1, 8));
    gateway.view.put("items", item_row("sku-1", 4, 2, 9));
    move_to(gateway, 9);
    const auto changed = follower.receive_event();
    CHECK(told(changed) == "upsert sku-1 @9");
    CHECK(changed.json()["quantity_available"] == 4);
    gateway.view.erase("items", "sku-1");
    move_to(gateway, 10);
    CHECK(told(follower.receive_event()) == "delete sku-1 @10");
    gateway.view.put("items", item_row("sku-1", 9, 1, 11));
    move_to(gateway, 11);
    CHECK(told(follower.receive_event()) == "upsert sku-1 @11");
  }

  TEST_CASE("a list is followed through its filters: rows come, change, go and leave it") {
    Gateway gateway{"1", quick()};
    for (const auto* id : {"a", "b"}) gateway.view.put("transfers", started(id, 1));
    gateway.view.put("transfers", transfer_row("c", TransferStatus::completed, 1));
    Follower follower{gateway, "/inventory/transfers?status=started&sort=started_at"};
    CHECK(told(follower.receive_event()) == "snapshot a b @7");
    gateway.view.put("transfers", started("d", 9));
    gateway.view.put("transfers", started("a", 1, 2));
    gateway.view.put("transfers", transfer_row("b", TransferStatus::cancelled, 1));
    move_to(gateway, 8);
    CHECK(told(follower.receive_event()) == "upsert a");
    CHECK(told(follower.receive_event()) == "upsert d");
    CHECK(told(follower.receive_event()) == "delete b @8");
  }

  TEST_CASE("a followed list is what its page is: what is pushed out of it is gone") {
    Gateway gateway{"1", quick()};
    for (int i = 1; i <= 3; ++i)
      gateway.view.put("transfers", started("t-" + std::to_string(i), i));
    Follower follower{gateway, "/inventory/transfers?limit=2"};
    CHECK(told(follower.receive_event()) == "snapshot t-3 t-2 @7");
    gateway.view.put("transfers", started("t-4", 4));
    move_to(gateway, 8);
    CHECK(told(follower.receive_event()) == "upsert t-4");
    CHECK(told(follower.receive_event()) == "delete t-2 @8");
  }

  TEST_CASE("an empty list may be followed") {
    Gateway gateway{"1", quick()};
    Follower follower{gateway, "/inventory/transfers"};
    CHECK(told(follower.receive_event()) == "snapshot @7");
    gateway.view.put("transfers", started("a", 1));
    move_to(gateway, 8);
    CHECK(told(follower.receive_event()) == "upsert a @8");
  }

  TEST_CASE("a row's stream goes on where it broke off, and no change or delete is lost") {
    Gateway gateway{"1", quick()};
    gateway.view.put("items", item_row("sku-1", 5, 2, 6));
    const std::string target = "/inventory/sku-1", at = std::string{incarnation} + '-';
    CHECK(told(Follower{gateway, target, at + "7"}.receive_event()) == "- @7");
    CHECK(told(Follower{gateway, target, at + "6"}.receive_event()) == "- @7");
    CHECK(told(Follower{gateway, target, at + "5"}.receive_event()) == "upsert sku-1 @7");
    gateway.view.erase("items", "sku-1");
    CHECK(told(Follower{gateway, target, at + "6"}.receive_event()) == "delete sku-1 @7");
    Follower elsewhere{gateway, target, "00000001-3"};
    CHECK(told(elsewhere.receive_event()) == "reset");
    CHECK(told(elsewhere.receive_event()) == "delete sku-1 @7");
  }

  TEST_CASE("a row that is made of others goes on only when nothing has moved") {
    Gateway gateway{"1", quick()};
    gateway.view.put("items", item_row("sku-1", 5, 2, 5));
    const std::string at = std::string{incarnation} + '-';
    CHECK(told(Follower{gateway, "/inventory/p-1", at + "7"}.receive_event()) == "- @7");
    Follower behind{gateway, "/inventory/p-1", at + "6"};
    CHECK(told(behind.receive_event()) == "reset");
    CHECK(behind.receive_event().kind == "snapshot");
  }

  TEST_CASE("a list's stream goes on when the list is as it was, and begins anew otherwise") {
    Gateway gateway{"1", quick()};
    gateway.view.put("transfers", started("a", 1));
    const std::string target = "/inventory/transfers", at = std::string{incarnation} + '-';
    CHECK(told(Follower{gateway, target, at + "7"}.receive_event()) == "- @7");
    Follower anew{gateway, target, at + "6"};
    CHECK(told(anew.receive_event()) == "reset");
    CHECK(told(anew.receive_event()) == "snapshot a @7");
    gateway.view.put("transfers", started("b", 2));
    move_to(gateway, 8);
    CHECK(told(anew.receive_event()) == "upsert b @8");
    // Somebody has followed since, and has seen it unchanged.
    move_to(gateway, 12);
    CHECK(told(Follower{gateway, target, at + "8"}.receive_event()) == "- @12");
    CHECK(told(Follower{gateway, target, at + "7"}.receive_event()) == "reset");
  }

  TEST_CASE("whoever follows a row is told when it is set aside, and when it resumes") {
    Gateway gateway{"1", quick()};
    gateway.view.put("items", item_row("sku-1", 5, 2, 6));
    const std::string target = "/inventory/sku-1", at = std::string{incarnation} + '-';
    Follower follower{gateway, target};
    CHECK(told(follower.receive_event()) == "snapshot sku-1 @7");
    gateway.view.set_aside("sku-1");
    move_to(gateway, 8);
    CHECK(told(follower.receive_event()) == "upsert sku-1");
    CHECK(told(follower.receive_event()) == "quarantine sku-1 @8");
    CHECK(told(Follower{gateway, target, at + "7"}.receive_event()) == "quarantine sku-1 @8");
    Follower late{gateway, target};
    CHECK(late.begin.header("construct-quarantined-keys") == "1");
    CHECK(told(late.receive_event()) == "snapshot sku-1");
    CHECK(told(late.receive_event()) == "quarantine sku-1 @8");

    // What was set aside is older than what the followers have been told.
    gateway.view.put("items", item_row("sku-1", 9, 3, 7));
    gateway.view.resume("sku-1");
    Follower again{gateway, target, at + "8"};
    CHECK(told(again.receive_event()) == "reset");
    CHECK(told(again.receive_event()) == "snapshot sku-1 @8");
    CHECK(told(follower.receive_event()) == "upsert sku-1 @8");
    move_to(gateway, 9);
    CHECK(told(Follower{gateway, target, at + "9"}.receive_event()) == "- @9");
  }

  TEST_CASE("a followed list names what is set aside, and begins anew after a retry") {
    Gateway gateway{"1", quick()};
    for (const auto* id : {"a", "b"}) gateway.view.put("transfers", started(id, 1));
    gateway.view.set_aside("a");
    const std::string target = "/inventory/transfers", at = std::string{incarnation} + '-';
    Follower follower{gateway, target};
    const auto snapshot = follower.receive_event();
    CHECK(snapshot.json()["quarantined"] == nlohmann::json{"a"});
    CHECK(snapshot.json()["items"] == Client{gateway.port()}.get(target).json()["items"]);
    gateway.view.put("transfers", started("a", 1, 2));
    gateway.view.resume("a");
    move_to(gateway, 8);
    CHECK(told(follower.receive_event()) == "upsert a @8");
    CHECK(told(Follower{gateway, target, at + "7"}.receive_event()) == "reset");
    CHECK(told(Follower{gateway, target, at + "8"}.receive_event()) == "- @8");
  }

  TEST_CASE("a row that may only be set aside cannot be followed yet") {
    Gateway gateway{"1", quick()};
    gateway.view.set_aside("sku-1");
    const auto answer =
        Client{gateway.port()}.get("/inventory/sku-1", {"Accept: text/event-stream"});
    CHECK(answer.status == 503);
    CHECK(code(answer) == "quarantined");
    CHECK(answer.header("construct-quarantined-keys") == "1");
  }

  TEST_CASE("a stream is never answered from before where it broke off") {
    Gateway gateway{"1", quick()};
    gateway.view.put("items", item_row("sku-1", 5, 2, 6));
    gateway.view.wait = [](auto, auto, auto then) { then(false); };
    Client client{gateway.port()};
    const auto behind = client.get(
        "/inventory/sku-1",
        {"Accept: text/event-stream", std::string{"Last-Event-ID: "} + incarnation + "-9"});
    CHECK(behind.status == 503);
    CHECK(code(behind) == "view_behind");
    CHECK(
        paths(client.get("/inventory/sku-1", {"Accept: text/event-stream", "Last-Event-ID: 9"})) ==
        "header/Last-Event-ID");
  }

  TEST_CASE("what all followers of a query are told, each is told") {
    Gateway gateway{"1", quick()};
    gateway.view.put("transfers", started("a", 1));
    std::vector<std::unique_ptr<Follower>> followers;
    for (int i = 0; i < 20; ++i) {
      followers.push_back(std::make_unique<Follower>(gateway, "/inventory/transfers"));
      CHECK(told(followers.back()->receive_event()) == "snapshot a @7");
    }
    followers.erase(followers.begin(), followers.begin() + 10);
    gateway.view.put("transfers", started("b", 2));
    move_to(gateway, 8);
    for (const auto& follower : followers) CHECK(told(follower->receive_event()) == "upsert b @8");
  }

  TEST_CASE("silence is broken by a comment that says where the stream stands") {
    Gateway gateway{"1", {.ping = milliseconds{20}, .between_looks = milliseconds{1}}};
    Follower follower{gateway, "/inventory/transfers"};
    CHECK(told(follower.receive_event()) == "snapshot @7");
    const auto ping = follower.receive_event();
    CHECK(ping.comment == "nothing new");
    CHECK(told(ping) == "- @7");
    CHECK(told(follower.receive_event()) == "- @7");
  }

  TEST_CASE("there are only so many streams, and one that ends makes room") {
    Gateway gateway{"1", {.streams = 2}};
    auto first = std::make_unique<Follower>(gateway, "/inventory/transfers");
    const Follower second{gateway, "/inventory/locations"};
    Client client{gateway.port()};
    const auto ask = [&] {
      return client.request("HEAD", "/inventory/transfers", "", {"Accept: text/event-stream"});
    };
    const auto refused = ask();
    CHECK(refused.status == 503);
    CHECK_FALSE(refused.header("retry-after").empty());
    first.reset();
    CHECK(support::eventually([&] { return ask().status == 200; }));
    CHECK(client.get("/inventory/transfers").status == 200);
  }

  TEST_CASE("a row that is not there cannot be followed, nor a view that cannot be read") {
    Gateway gateway;
    Client client{gateway.port()};
    const auto missing = client.get("/inventory/sku-9", {"Accept: text/event-stream"});
    CHECK(missing.status == 404);
    CHECK(missing.header("construct-position") == "5f0c2a91-7");
    gateway.view.broken = true;
    CHECK(client.get("/inventory/transfers", {"Accept: text/event-stream"}).status == 503);
  }

  TEST_CASE("a view that fails ends its streams, and says so") {
    Gateway gateway{"1", quick()};
    Follower follower{gateway, "/inventory/transfers"};
    CHECK(told(follower.receive_event()) == "snapshot @7");
    gateway.view.broken = true;
    move_to(gateway, 8);
    CHECK_THROWS_WITH(follower.receive_event(), "the stream is over");
    CHECK(gateway.log().back().find("the disk is gone") != std::string::npos);
  }

  TEST_CASE("a stop ends all streams") {
    Gateway gateway{"1", quick()};
    Follower row{gateway, "/inventory/transfers"}, list{gateway, "/inventory/locations"};
    CHECK(row.receive_event().kind == "snapshot");
    CHECK(list.receive_event().kind == "snapshot");
    std::thread stopping{[&] { gateway.stop(); }};
    CHECK_THROWS_WITH(row.receive_event(), "the stream is over");
    CHECK_THROWS_WITH(list.receive_event(), "the stream is over");
    row.close();
    list.close();
    stopping.join();
  }
}
