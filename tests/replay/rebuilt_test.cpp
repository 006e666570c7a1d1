#include "replay/rebuilt.hpp"

#include "projections/inventory/stock.hpp"
#include "tests/replay/shop.hpp"
#include "tests/views/folded.hpp"

namespace {

using namespace replayed;

struct Rebuilding : Shop {
  support::TemporaryFolder folder;

  json run(const std::string& name, const char* at = "last", replay::Changes changes = {}) {
    Written written;
    {
      auto out = written.out();
      auto reading = history();
      replay::run(
          reading, "stock", parse_moment(at), std::move(changes), folder.path() / name, out);
    }
    return json::parse(written.text());
  }
  std::string rows(const std::string& name, const replay::RowsAsked& asked = {}) const {
    Written written;
    {
      auto out = written.out();
      show_rows(folder.path() / name, asked, out);
    }
    return written.text();
  }
  json item(const std::string& name, const std::string& key) const {
    const auto text = rows(name, {.table = "items", .key = key});
    return text.empty() ? json{} : json::parse(text)["row"];
  }
  std::pair<bool, json> diff(replay::Diff asked) {
    asked.form = replay::DiffForm::json;
    Written written;
    auto reading = history();
    bool same = false;
    {
      auto out = written.out();
      same = show_diff([&]() -> replay::History& { return reading; }, asked, out) ==
             replay::Found::yes;
    }
    return {same, json::parse(written.text())};
  }
  std::string at(const std::string& name) const { return (folder.path() / name).string(); }
};

replay::Changes dropping(const char* filter) {
  replay::Changes changes;
  changes.drop(replay::Filter::parse(filter));
  return changes;
}

}  // namespace

TEST_SUITE("replay: run") {
  TEST_CASE_FIXTURE(Rebuilding, "a view is as it was at a moment") {
    run("then", "2");
    CHECK(item("then", "tea")["quantity_on_hand"] == 10);
    CHECK(item("then", "mug").is_null());
    run("now");
    CHECK(item("now", "tea")["quantity_on_hand"] == 15);
    CHECK(!item("now", "mug").is_null());
  }

  TEST_CASE_FIXTURE(
      Rebuilding, "run twice it is the same, to the hash; of another moment it is not") {
    const auto once = run("once"), again = run("again"), before = run("before", "3");
    CHECK(once == again);
    CHECK(once["state_sha256"] != before["state_sha256"]);
    CHECK(once["rows"] == 2);
    CHECK(once["view"]["name"] == "stock");
    CHECK(once["to"] == 5);
    CHECK(!once["code"].get<std::string>().empty());
  }

  TEST_CASE_FIXTURE(Rebuilding, "the hash is that of the rows as they are shown") {
    const auto manifest = run("once");
    CHECK(manifest["state_sha256"] == kernel::to_hex(kernel::text(kernel::sha256(rows("once")))));
  }

  TEST_CASE_FIXTURE(Rebuilding, "its rows are those that a projector folds of the same log") {
    for (int i = 0; i < 600; ++i)  // more than one page of rows
      log.fact("inventory/StockItem/i-" + std::to_string(i), replayed::item("p"));
    run("once");
    simulation::MemoryStore store;
    const auto view = inventory::stock();
    views::ViewFold fold{view, store, [](const std::string& why) { FAIL(why); }};
    fold::Runner runner{store, fold, [](const auto&, const auto&) {}};
    runner.apply(log.messages());
    std::string expected;
    for (const auto& table : view.tables) {
      replay::Rows all{store, view, table};
      for (auto row = all.next(); row; row = all.next()) {
        replay::write_row(expected, table, *row);
        expected += '\n';
      }
    }
    CHECK(std::ranges::count(expected, '\n') == 602);
    CHECK(rows("once") == expected);
  }

  TEST_CASE_FIXTURE(Rebuilding, "what if a fact had not been: it is left out, and said") {
    const auto manifest = run("else", "3", dropping("fact=StockReceived;actor=ann"));
    CHECK(manifest["dropped"] == 2);
    CHECK(manifest["changes"][0] == "drop fact=StockReceived;actor=ann");
    CHECK(item("else", "tea")["quantity_on_hand"] == 10);
    CHECK(item("else", "mug")["quantity_on_hand"] == 0);
  }

  TEST_CASE_FIXTURE(Rebuilding, "what cannot be applied then is set aside, and said") {
    const auto manifest = run("else", "3", dropping("fact=StockItemCreated;where=product_id=mug"));
    REQUIRE(manifest["set_aside"].size() == 1);
    CHECK(manifest["set_aside"][0]["key"] == "mug");
    CHECK(item("else", "tea")["quantity_on_hand"] == 15);
  }

  TEST_CASE_FIXTURE(Rebuilding, "what if a fact had been another: it is taken from a file") {
    const auto file = folder.path() / "facts";
    auto event = json::parse(shown(log, {.range = range("2", "3"), .form = replay::Form::jsonl}));
    const auto write = [&] { std::ofstream{file} << event.dump() << "\n\n"; };
    const auto changes = [&] {
      replay::Changes made;
      made.replace(file);
      return made;
    };
    event["data"]["quantity"] = 100;
    write();
    const auto manifest = run("else", "3", changes());
    CHECK(manifest["replaced"] == 1);
    CHECK(item("else", "tea")["quantity_on_hand"] == 105);

    const auto why = [&] { return refused([&] { run("other", "3", changes()); }); };
    const auto says = [&](const char* part) {
      write();
      const auto sentence = why();
      CHECK_MESSAGE(sentence.find(part) != std::string::npos, sentence);
      CHECK(!std::filesystem::exists(folder.path() / "other" / "store"));
    };
    event["data"]["quantity"] = "many";
    says("line 1: its data is no StockReceived: /quantity");
    event["data"]["quantity"] = 1;
    event["id"] = "0badcafe-9-0";
    says("the log has no event 0badcafe-9-0");
    event["id"] = "0badcafe-1-0";
    says("is a StockItemCreated, which cannot become a StockReceived");
    event["type"] = "inventory.StockTeleported";
    says("there is no fact");
    event = json::parse("[]");
    says("it is no event");
  }

  TEST_CASE_FIXTURE(
      Rebuilding, "a folder that holds something, and one that holds no replay, are refused") {
    run("once");
    CHECK(refused([&] { run("once"); }).find("is not a folder that is empty") != std::string::npos);
    CHECK(refused([&] { rows("nowhere"); }).find("is no replay") != std::string::npos);
    std::filesystem::remove(folder.path() / "once" / "manifest.json");
    CHECK(refused([&] { rows("once"); }).find("was not finished") != std::string::npos);
    CHECK(refused([&] {
            Written written;
            auto out = written.out();
            auto reading = history();
            replay::run(reading, "parcels", {}, {}, folder.path() / "new", out);
          }).find("there is no view parcels; there are") != std::string::npos);
  }

  TEST_CASE_FIXTURE(Rebuilding, "one that is interrupted leaves no store") {
    replay::History interrupted{log, {.stopped = [] { return true; }}};
    CHECK_THROWS_AS(
        replay::rebuild(interrupted, replay::view_named("stock"), {}, {}, folder.path() / "half"),
        replay::Interrupted);
    CHECK(!std::filesystem::exists(folder.path() / "half" / "store"));
  }

  TEST_CASE_FIXTURE(
      Rebuilding, "one row of a moment needs only its own facts, and is the same row") {
    run("then", "3");
    Written written;
    {
      auto out = written.out();
      auto reading = history();
      CHECK(
          show_rows(reading, "stock", parse_moment("3"), {.table = "", .key = "mug"}, out) ==
          replay::Found::yes);
    }
    CHECK(written.text() == rows("then", {.table = "items", .key = "mug"}));
  }
}

TEST_SUITE("replay: diff") {
  TEST_CASE_FIXTURE(Rebuilding, "two replays of one moment do not differ") {
    run("once");
    run("again");
    const auto [same, rows] = diff({.before = at("once"), .after = at("again")});
    CHECK(same);
    CHECK(rows.empty());
  }

  TEST_CASE_FIXTURE(Rebuilding, "rows that came, went and changed are told apart") {
    const auto [same, rows] = diff({.before = "2", .after = "3", .view = "stock"});
    CHECK(!same);
    REQUIRE(rows.size() == 2);
    CHECK(rows[0]["change"] == "added");
    CHECK(rows[0]["key"] == "mug");
    CHECK(rows[0]["before"] == nullptr);
    CHECK(rows[1]["change"] == "changed");
    CHECK(rows[1]["before"]["quantity_on_hand"] == 10);
    CHECK(rows[1]["after"]["quantity_on_hand"] == 15);
    const auto [unchanged, back] = diff({.before = "3", .after = "2", .view = "stock"});
    CHECK(back[0]["change"] == "removed");
  }

  TEST_CASE_FIXTURE(Rebuilding, "text names the fields that are others") {
    run("once");
    run("else", "last", dropping("fact=StockReceived;actor=ann"));
    Written written;
    {
      auto out = written.out();
      auto reading = history();
      show_diff(
          [&]() -> replay::History& { return reading; },
          {.before = at("once"), .after = at("else"), .table = "items"},
          out);
    }
    CHECK(written.text().find("changed items tea\n") != std::string::npos);
    CHECK(written.text().find("quantity_on_hand: 15 -> 10\n") != std::string::npos);
    CHECK(written.text().find("product_id") == std::string::npos);
  }

  TEST_CASE_FIXTURE(Rebuilding, "what cannot be compared is refused") {
    run("once");
    const auto why = [&](replay::Diff asked) { return refused([&] { diff(asked); }); };
    CHECK(why({.before = at("once"), .after = "3"}).find("say of which view") != std::string::npos);
    CHECK(
        why({.before = at("once"), .after = "no such"}).find("is no moment") != std::string::npos);
    CHECK(
        why({.before = at("once"), .after = "3", .view = "orders"}).find("of different views") !=
        std::string::npos);
    CHECK(
        why({.before = at("once"), .after = at("once"), .table = "carts"})
            .find("has no table carts") != std::string::npos);
  }
}
