#include "tests/replay/database.hpp"
#include "tests/replay/shop.hpp"

namespace {

using namespace replayed;
using replay::Export;
using replay::ExportForm;

constexpr std::initializer_list<ExportForm> all_forms{
    ExportForm::jsonl,
    ExportForm::csv,
    ExportForm::sqlite,
    ExportForm::ocel2_json,
    ExportForm::ocel2_sqlite};

struct Exporting : Shop {
  support::TemporaryFolder folder;
  std::filesystem::path file = folder.path() / "out";

  json run(Export asked) {
    asked.file = file;
    Written written;
    {
      auto out = written.out();
      auto reading = history();
      export_events(reading, asked, out);
    }
    return json::parse(written.text());
  }
  std::vector<std::string> files() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator{folder.path()})
      names.push_back(entry.path().filename());
    std::ranges::sort(names);
    return names;
  }
  std::string text() const {
    std::ifstream in{file, std::ios::binary};
    return {std::istreambuf_iterator<char>{in}, {}};
  }
};

}  // namespace

TEST_SUITE("replay: export") {
  TEST_CASE_FIXTURE(Exporting, "JSONL is what events shows, and its manifest says what it is") {
    const auto manifest = run({.range = range("1", "4"), .form = ExportForm::jsonl});
    CHECK(text() == shown(log, {.range = range("1", "4"), .form = replay::Form::jsonl}));
    CHECK(files() == std::vector<std::string>{"out", "out.manifest.json"});
    CHECK(manifest["from"] == 1);
    CHECK(manifest["to"] == 4);
    CHECK(manifest["commits"] == 3);
    CHECK(manifest["events"] == 5);
    CHECK(manifest["deployment"] == "test");
    CHECK(manifest["bytes"] == text().size());
    CHECK(manifest["sha256"] == kernel::to_hex(kernel::text(kernel::sha256(text()))));
    CHECK(
        manifest["last_block_sha256"] ==
        kernel::to_hex(kernel::text(kernel::sha256(log.messages()[3].data))));
    std::ifstream beside{file.string() + ".manifest.json"};
    CHECK(json::parse(beside) == manifest);
  }

  TEST_CASE_FIXTURE(Exporting, "SQLite has every fact, and its fields in the table of its kind") {
    const auto manifest = run({.form = ExportForm::sqlite});
    CHECK(files() == std::vector<std::string>{"out"});
    CHECK(manifest["events"] == 7);
    CHECK(query(file, "SELECT count(*) FROM events") == Rows{{"7"}});
    CHECK(
        query(
            file,
            "SELECT aggregate_id, quantity, typeof(quantity), source_ref FROM StockReceived "
            "ORDER BY commit_number, fact_index") ==
        Rows{
            {"tea", "10", "integer", "po-7"},
            {"tea", "5", "integer", "=1+1"},
            {"mug", "7", "integer", "po-7"},
            {"mug", "-1152921504606846976", "integer", "po-7"}});
    CHECK(
        query(file, "SELECT product_id, variant_id FROM StockItemCreated") ==
        Rows{{"green, \"loose\"", "NULL"}, {"mug", "NULL"}});
    CHECK(
        query(
            file,
            "SELECT e.actor, e.correlation_id, r.quantity FROM events e JOIN StockReceived r "
            "USING(commit_number, fact_index) WHERE e.actor = 'ann' ORDER BY 3") ==
        Rows{{"ann", "c-3", "5"}, {"ann", "c-3", "7"}});
    CHECK(query(file, "SELECT value FROM manifest WHERE name = 'to'") == Rows{{"5"}});
    CHECK(query(file, "PRAGMA integrity_check") == Rows{{"ok"}});
    // Kinds that did not occur have tables, too.
    CHECK(query(file, "SELECT count(*) FROM OrderPlaced") == Rows{{"0"}});
  }

  TEST_CASE_FIXTURE(Exporting, "of what is filtered SQLite has the tables that can be filled") {
    run({.filter = replay::Filter::parse("context=inventory"), .form = ExportForm::sqlite});
    CHECK(
        query(file, "SELECT count(*) FROM sqlite_schema WHERE name = 'OrderPlaced'") ==
        Rows{{"0"}});
    CHECK(query(file, "SELECT count(*) FROM events") == Rows{{"6"}});
  }

  TEST_CASE_FIXTURE(Exporting, "lists are JSON that SQLite reads") {
    ordering::OrderPlaced placed{.user_id = schemas::Id<"User">{"u-1"}, .currency_code = "EUR"};
    placed.items = {{.quantity = 2, .unit_price = 499}, {.quantity = 1, .unit_price = 250}};
    log.fact("ordering/Order/o-1", placed);
    run({.form = ExportForm::sqlite});
    CHECK(
        query(
            file,
            "SELECT sum(value ->> 'quantity' * (value ->> 'unit_price')) FROM OrderPlaced, "
            "json_each(items)") == Rows{{"1248"}});
  }

  TEST_CASE_FIXTURE(Exporting, "what is there is not overwritten") {
    std::ofstream{file} << "precious";
    for (const auto form : all_forms)
      CHECK(refused([&] { run({.form = form}); }).find("is there already") != std::string::npos);
    CHECK(text() == "precious");
    CHECK(files() == std::vector<std::string>{"out"});
  }

  TEST_CASE_FIXTURE(Exporting, "one that is interrupted, or cannot go on, leaves nothing") {
    for (const auto form : all_forms) {
      Written written;
      auto out = written.out();
      replay::History interrupted{log, {.stopped = [] { return true; }}};
      const Export asked{.form = form, .file = file};
      CHECK_THROWS_AS(export_events(interrupted, asked, out), replay::Interrupted);
      CHECK(files().empty());
    }
    construct::Commit commit;
    commit.facts = {stored(tea, received(1))};
    commit.facts[0].type = "StockTeleported";
    log.commit(commit);
    CHECK_THROWS_AS(run({.form = ExportForm::csv}), fold::NewerBuildNeeded);
    CHECK(files().empty());
  }

  TEST_CASE_FIXTURE(Exporting, "one that was killed is begun anew") {
    std::ofstream{file.string() + ".partial"} << "half";
    run({.form = ExportForm::csv});
    CHECK(text().find("half") == std::string::npos);
    CHECK(files() == std::vector<std::string>{"out", "out.manifest.json"});
  }

  TEST_CASE_FIXTURE(Exporting, "a folder that is not there is named") {
    file = folder.path() / "nowhere" / "out";
    CHECK(refused([&] {
            run({.form = ExportForm::csv});
          }).find("cannot be written") != std::string::npos);
  }
}
