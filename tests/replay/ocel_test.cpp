// Against the specification of OCEL 2.0: the constraints of its JSON and of its relational schema.
#include "replay/ocel.hpp"

#include <algorithm>

#include "tests/replay/database.hpp"
#include "tests/replay/shop.hpp"

namespace {

using namespace replayed;
using replay::ExportForm;

struct Mining : Shop {
  support::TemporaryFolder folder;
  std::filesystem::path file = folder.path() / "log";

  Mining() {
    ordering::OrderPlaced placed{.user_id = schemas::Id<"User">{"u-1"}, .currency_code = "EUR"};
    for (const auto* product : {"tea", "mug", "tea"})
      placed.items.push_back(
          {.order_item_id = schemas::Id<"OrderItem">{"i-1"},
           .product_id = schemas::Id<"Product">{product},
           .inventory_id = schemas::Id<"StockItem">{product},
           .quantity = 2});
    log.fact("ordering/Order/o-1", placed);
    // The same id in another kind is another object.
    log.fact("ordering/Order/tea", placed);
  }

  void run(ExportForm form) {
    Written written;
    auto out = written.out();
    auto reading = history();
    export_events(reading, {.form = form, .file = file}, out);
  }
};

}  // namespace

TEST_SUITE("replay: OCEL") {
  TEST_CASE_FIXTURE(
      Mining, "the JSON has what the specification wants, and everything refers to something") {
    run(ExportForm::ocel2_json);
    std::ifstream in{file};
    const auto mined = json::parse(in);
    std::map<std::string, std::map<std::string, std::string>> event_types;
    for (const auto& type : mined.at("eventTypes"))
      for (const auto& attribute : type.at("attributes"))
        event_types[type.at("name")][attribute.at("name")] = attribute.at("type");
    std::set<std::string> object_types, objects;
    for (const auto& type : mined.at("objectTypes")) {
      CHECK(object_types.insert(type.at("name")).second);
      CHECK(type.at("attributes").is_array());
    }
    for (const auto& object : mined.at("objects")) {
      CHECK(objects.insert(object.at("id")).second);
      CHECK(object_types.contains(object.at("type")));
      CHECK(object.at("attributes").is_array());
    }
    const auto check_relationships = [&](const json& of) {
      std::set<std::pair<std::string, std::string>> seen;
      for (const auto& one : of.at("relationships")) {
        CHECK(objects.contains(one.at("objectId")));
        CHECK(seen.emplace(one.at("objectId"), one.at("qualifier")).second);
      }
    };
    for (const auto& object : mined.at("objects")) check_relationships(object);
    std::set<std::string> events;
    for (const auto& event : mined.at("events")) {
      CHECK(events.insert(event.at("id")).second);
      CHECK(event.at("time").get<std::string>().ends_with('Z'));
      check_relationships(event);
      for (const auto& attribute : event.at("attributes")) {
        CHECK(event_types[event.at("type")].contains(attribute.at("name")));
        CHECK(attribute.at("value").is_string());
      }
    }
    CHECK(events.size() == 9);
    CHECK(objects.contains("Order:tea"));
    CHECK(objects.contains("StockItem:tea"));
    CHECK(objects.contains("Product:tea"));
  }

  TEST_CASE_FIXTURE(Mining, "an event names its aggregate and whatever its fact does") {
    run(ExportForm::ocel2_json);
    std::ifstream in{file};
    const auto mined = json::parse(in);
    const auto event = *std::ranges::find_if(
        mined["events"], [](const json& one) { return one["id"] == "0badcafe-5-0"; });
    std::set<std::string> relationships;
    for (const auto& one : event["relationships"])
      relationships.insert(
          one["objectId"].get<std::string>() + ' ' + one["qualifier"].get<std::string>());
    for (const auto* one :
         {"Order:o-1 subject",
          "User:u-1 user_id",
          "Product:mug items.product_id",
          "StockItem:tea items.inventory_id"})
      CHECK_MESSAGE(relationships.contains(one), one);
  }

  TEST_CASE_FIXTURE(Mining, "the database keeps the constraints of the relational form") {
    run(ExportForm::ocel2_sqlite);
    CHECK(query(file, "PRAGMA foreign_key_check").empty());
    CHECK(query(file, "PRAGMA integrity_check") == Rows{{"ok"}});
    // Every type has its table, every event and object its row there, and none a second one.
    for (const std::string kind : {"event", "object"}) {
      CHECK(
          query(
              file,
              ("SELECT count(*) FROM " + kind + " WHERE ocel_type NOT IN (SELECT ocel_type FROM " +
               kind + "_map_type)")
                  .c_str()) == Rows{{"0"}});
      std::size_t rows = 0;
      for (const auto& type :
           query(file, ("SELECT ocel_type, ocel_type_map FROM " + kind + "_map_type").c_str())) {
        const auto table = '"' + kind + '_' + type[1] + '"';
        const auto found = query(
            file,
            ("SELECT count(*), count(DISTINCT ocel_id), count(ocel_time) FROM " + table).c_str());
        CHECK(found[0][0] == found[0][1]);
        CHECK(found[0][0] == found[0][2]);
        rows += std::stoul(found[0][0]);
        CHECK(
            query(
                file,
                ("SELECT count(*) FROM " + table + " WHERE ocel_id NOT IN (SELECT ocel_id FROM " +
                 kind + " WHERE ocel_type = '" + type[0] + "')")
                    .c_str()) == Rows{{"0"}});
      }
      CHECK(query(file, ("SELECT count(*) FROM " + kind).c_str()) == Rows{{std::to_string(rows)}});
    }
    CHECK(query(file, "SELECT count(*) FROM event") == Rows{{"9"}});
    CHECK(
        query(
            file,
            "SELECT ocel_id, ocel_time, quantity FROM event_StockReceived ORDER BY 1 LIMIT 1") ==
        Rows{{"0badcafe-2-0", "2025-06-15T15:06:40.000002Z", "10"}});
    // An object is as it was from the beginning of time on.
    CHECK(
        query(file, "SELECT DISTINCT ocel_time, ocel_changed_field FROM object_Order") ==
        Rows{{"1970-01-01T00:00:00Z", "NULL"}});
    // No event without an object.
    CHECK(
        query(
            file,
            "SELECT count(*) FROM event WHERE ocel_id NOT IN (SELECT ocel_event_id FROM "
            "event_object)") == Rows{{"0"}});
  }

  TEST_CASE_FIXTURE(Mining, "both forms say the same") {
    run(ExportForm::ocel2_sqlite);
    const auto database = file;
    file = folder.path() / "other";
    run(ExportForm::ocel2_json);
    std::ifstream in{file};
    const auto mined = json::parse(in);
    std::size_t event_objects = 0, object_objects = 0;
    for (const auto& event : mined["events"]) event_objects += event["relationships"].size();
    for (const auto& object : mined["objects"]) object_objects += object["relationships"].size();
    const auto count = [&](const char* table) {
      return query(database, (std::string{"SELECT count(*) FROM "} + table).c_str())[0][0];
    };
    CHECK(count("event") == std::to_string(mined["events"].size()));
    CHECK(count("object") == std::to_string(mined["objects"].size()));
    CHECK(count("event_object") == std::to_string(event_objects));
    CHECK(count("object_object") == std::to_string(object_objects));
    CHECK(count("object_map_type") == std::to_string(mined["objectTypes"].size()));
    CHECK(count("event_map_type") == std::to_string(mined["eventTypes"].size()));
  }
}
