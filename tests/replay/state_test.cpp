#include "domain/fold/states.hpp"
#include "domain/inventory/transfer.hpp"
#include "domain/payment/payment_intent.hpp"
#include "tests/replay/shop.hpp"

namespace {

using namespace replayed;

json state(fold::Log& log, const std::string& aggregate, const char* at = "last") {
  Written written;
  {
    auto out = written.out();
    replay::History history{log, {}};
    if (show_state(history, aggregate, parse_moment(at), out) == replay::Found::no) return nullptr;
  }
  return json::parse(written.text());
}

template <class T>
json as_json(const T& value) {
  std::string text;
  kernel::write_shown(text, value);
  return json::parse(text);
}

}  // namespace

TEST_SUITE("replay: state") {
  TEST_CASE_FIXTURE(Shop, "an aggregate is as its facts up to a moment have made it") {
    CHECK(state(log, tea, "0") == nullptr);
    CHECK(state(log, tea, "1")["state"]["on_hand"] == 0);
    CHECK(state(log, tea, "2")["state"]["on_hand"] == 10);
    const auto last = state(log, tea);
    CHECK(last["state"]["on_hand"] == 15);
    CHECK(last["state"]["product_id"] == "green, \"loose\"");
    CHECK(last["state"]["variant_id"] == nullptr);
    CHECK(last["version"] == 3);
    CHECK(last["position"] == "0badcafe-3");
    CHECK(last["manifest"]["to"] == 5);
    CHECK(state(log, mug, "2") == nullptr);
  }

  TEST_CASE_FIXTURE(Shop, "of a kind all are shown, in the order of their names") {
    Written written;
    {
      auto out = written.out();
      auto reading = history();
      show_state(reading, "inventory/StockItem", {}, out);
    }
    const auto all = written.lines();
    REQUIRE(all.size() == 2);
    CHECK(all[0]["aggregate"] == mug);
    CHECK(all[1]["state"]["on_hand"] == 15);
  }

  TEST_CASE_FIXTURE(Shop, "what is no aggregate is refused") {
    CHECK(
        refused([&] { state(log, "tea"); }).find("there is no aggregate tea") != std::string::npos);
    CHECK(refused([&] {
            state(log, "construct/Log/test");
          }).find("has no state") != std::string::npos);
    CHECK(refused([&] {
            state(log, "shipping/Parcel/p-1");
          }).find("the kinds are") != std::string::npos);
  }

  TEST_CASE("every kind of aggregate that the schema has facts of can be folded and shown") {
    for (const auto& table : schemas::platform().tables()) {
      if (table.role != schemas::Role::fact || table.context == "construct") continue;
      INFO(table.name);
      const auto made = fold::states().make(table.context + '/' + table.aggregate + "/x-1");
      REQUIRE(made);
      std::string text;
      made->write_json(text);
      CHECK(json::parse(text).is_object());
    }
    CHECK(fold::states().make("construct/Log/test") == nullptr);
  }

  TEST_CASE("members have their names, and values are shown as what they are") {
    payment::PaymentIntent intent{.user_id = schemas::Id<"User">{"u-1"}, .assessed = true};
    intent.authorized_at = history::beginning;
    intent.captured = (std::int64_t{1} << 53) + 1;
    intent.requests["k-1"] = {.kind = payment::Request::Kind::refund, .amount = 3};
    const auto shown = as_json(intent);
    CHECK(shown.size() == 17);
    CHECK(shown["user_id"] == "u-1");
    CHECK(shown["order_id"] == nullptr);
    CHECK(shown["status"] == "initiated");
    CHECK(shown["assessed"] == true);
    CHECK(shown["authorized_at"] == "2025-06-15T15:06:40Z");
    CHECK(shown["captured"] == "9007199254740993");
    CHECK(shown["requests"]["k-1"]["kind"] == "refund");
    CHECK(shown["requests"]["k-1"]["amount"] == 3);
  }

  TEST_CASE("of a variant the alternative is named; sets and pairs are lists") {
    inventory::Transfer transfer{.state = inventory::Ended{inventory::TransferStatus::cancelled}};
    CHECK(as_json(transfer) == json::parse(R"({"state":{"Ended":{"how":"cancelled"}}})"));
    transfer.state = inventory::Unknown{};
    CHECK(as_json(transfer) == json::parse(R"({"state":{"Unknown":{}}})"));
    CHECK(
        as_json(std::set<std::pair<schemas::Id<"User">, std::string>>{
            {schemas::Id<"User">{"u"}, "x"}}) == json::parse(R"([["u","x"]])"));
    CHECK(as_json(std::vector<std::vector<std::int64_t>>{{}, {1, 2}}) == json::parse("[[],[1,2]]"));
  }
}
