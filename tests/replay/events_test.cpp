#include "tests/replay/shop.hpp"

namespace {

using namespace replayed;
using replay::Cells;
using replay::Events;
using replay::Form;

replay::Filter filter(const char* text) { return replay::Filter::parse(text); }

// Rows of cells, by RFC 4180.
std::vector<std::vector<std::string>> read_csv(const std::string& text) {
  std::vector<std::vector<std::string>> rows(1, {""});
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    auto& cell = rows.back().back();
    if (quoted && text[i] == '"' && text[i + 1] == '"') {
      cell += text[++i];
    } else if (text[i] == '"') {
      quoted = !quoted;
    } else if (!quoted && text[i] == ',') {
      rows.back().emplace_back();
    } else if (!quoted && text.substr(i, 2) == "\r\n") {
      rows.push_back({""});
      ++i;
    } else {
      cell += text[i];
    }
  }
  REQUIRE(rows.back() == std::vector<std::string>{""});  // The last line has its end.
  rows.pop_back();
  return rows;
}

}  // namespace

TEST_SUITE("replay: events") {
  TEST_CASE_FIXTURE(Shop, "a fact is a CloudEvent, with all that the log says of it") {
    const auto text = shown(
        log,
        {.filter = filter("aggregate=inventory/StockItem/mug;actor=ann;where=quantity=7"),
         .form = Form::jsonl});
    CHECK(text.find('\n') == text.size() - 1);
    CHECK(json::parse(text) == json::parse(R"({
      "specversion":"1.0","id":"0badcafe-3-2","source":"/construct/test",
      "type":"inventory.StockReceived","subject":"inventory/StockItem/mug",
      "time":"2025-06-15T15:06:40.000003Z","datacontenttype":"application/json",
      "position":"0badcafe-3","sequence":"00000000000000000003-00002","aggregateversion":2,
      "actor":"ann","command":"ReceiveStock","commandid":"5a5a5a5a-5a5a-5a5a-5a5a-5a5a5a5a5a5a",
      "correlationid":"c-3","causationid":"a \"cause\"",
      "data":{"quantity":7,"source_ref":"po-7"}})"));
  }

  TEST_CASE_FIXTURE(Shop, "attributes that say nothing are left out, as CloudEvents wants it") {
    const auto event = json::parse(shown(log, {.range = range("1", "2"), .form = Form::jsonl}));
    for (const auto* name : {"actor", "correlationid", "causationid", "command", "commandid"})
      CHECK(!event.contains(name));
    // Names of attributes are lower-case letters and digits.
    for (const auto& [name, value] : event.items())
      CHECK(name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789") == std::string::npos);
  }

  TEST_CASE_FIXTURE(Shop, "an integer that not every parser keeps exact is a text") {
    const auto event = json::parse(shown(log, {.range = range("4", "5"), .form = Form::jsonl}));
    CHECK(event["data"]["quantity"] == "-1152921504606846976");
  }

  TEST_CASE_FIXTURE(Shop, "JSON is one array, also of nothing") {
    CHECK(json::parse(shown(log, {.form = Form::json})).size() == 7);
    CHECK(shown(log, {.filter = filter("actor=nobody"), .form = Form::json}) == "[]\n");
  }

  TEST_CASE_FIXTURE(Shop, "the first so many, the last so many") {
    const auto ids = [&](const Events& asked) {
      std::vector<std::string> all;
      const auto events = json::parse(shown(log, asked));
      for (const auto& event : events) all.push_back(event["id"]);
      return all;
    };
    using Ids = std::vector<std::string>;
    CHECK(ids({.form = Form::json, .limit = 2}) == Ids{"0badcafe-0-0", "0badcafe-1-0"});
    CHECK(ids({.form = Form::json, .limit = 0}).empty());
    CHECK(
        ids({.form = Form::json, .tail = 3}) ==
        Ids{"0badcafe-3-1", "0badcafe-3-2", "0badcafe-4-0"});
    CHECK(
        ids({.filter = filter("actor=ann"), .form = Form::json, .tail = 1}) == Ids{"0badcafe-3-2"});
    CHECK(ids({.form = Form::json, .tail = 100}).size() == 7);
    auto newest = ids({.form = Form::json, .tail = 100, .reverse = true});
    std::ranges::reverse(newest);
    CHECK(newest == ids({.form = Form::json}));
    CHECK(
        ids({.form = Form::json, .tail = 2, .reverse = true}).front() ==
        ids({.form = Form::json, .tail = 1}).front());
  }

  TEST_CASE_FIXTURE(Shop, "CSV of several kinds has the fact as JSON in a cell") {
    const auto rows = read_csv(shown(log, {.form = Form::csv}));
    REQUIRE(rows.size() == 8);
    const auto& names = rows[0];
    for (const auto& row : rows) CHECK(row.size() == names.size());
    CHECK(names.back() == "data");
    CHECK(json::parse(rows[2].back())["product_id"] == "green, \"loose\"");
    CHECK(rows[4][0] == "0badcafe-3");
    CHECK(rows[4][6] == "tea");
    CHECK(rows[4][13] == "a \"cause\"");
  }

  TEST_CASE_FIXTURE(Shop, "CSV of one kind has a column for each field") {
    const Events asked{.filter = filter("fact=StockReceived"), .form = Form::csv};
    const auto rows = read_csv(shown(log, asked));
    REQUIRE(rows.size() == 5);
    CHECK(rows[0][14] == "quantity");
    CHECK(rows[0][15] == "source_ref");
    CHECK(rows[2][14] == "5");
    CHECK(rows[2][15] == "=1+1");
    CHECK(rows[4][14] == "-1152921504606846976");
    // An absent value is an empty cell.
    const auto made =
        read_csv(shown(log, {.filter = filter("fact=StockItemCreated"), .form = Form::csv}));
    const auto at = std::ranges::find(made[0], "variant_id") - made[0].begin();
    CHECK(made[1][static_cast<std::size_t>(at)].empty());
  }

  TEST_CASE_FIXTURE(Shop, "a spreadsheet is given no formula, and no number is touched") {
    const auto rows = read_csv(shown(
        log,
        {.filter = filter("fact=StockReceived"),
         .form = Form::csv,
         .cells = Cells::safe_in_spreadsheets}));
    CHECK(rows[2][15] == "'=1+1");
    CHECK(rows[4][14] == "-1152921504606846976");
  }

  TEST_CASE_FIXTURE(Shop, "text is a line for each fact") {
    const auto text = shown(log, {.range = range("3", "4")});
    CHECK(std::ranges::count(text, '\n') == 3);
    CHECK(
        text.find("0badcafe-3  2025-06-15T15:06:40.000003Z  inventory/StockItem/tea v3  "
                  "StockReceived  by ann  {\"quantity\":5") == 0);
  }

  TEST_CASE_FIXTURE(Shop, "a fact that this build does not know is not passed over") {
    construct::Commit commit;
    commit.facts = {stored(tea, received(1))};
    commit.facts[0].type = "StockTeleported";
    log.commit(commit);
    CHECK_THROWS_AS(shown(log, {}), fold::NewerBuildNeeded);
  }
}
