#include "schemas/payment.hpp"
#include "tests/replay/shop.hpp"

namespace {

using namespace replayed;
using std::chrono::hours;

json funnel(fold::Log& log, replay::FunnelAsked asked) {
  asked.form = replay::FunnelForm::json;
  Written written;
  {
    auto out = written.out();
    replay::History history{log, {}};
    show_funnel(history, asked, out);
  }
  return json::parse(written.text());
}

// Four orders are placed: one is confirmed at once, one after two days, one never; of the last the
// confirmation comes before the payment does.
struct Orders {
  history::Log log;

  Orders() {
    for (const auto* id : {"a", "b", "c", "d"}) placed(id);
    for (const auto* id : {"a", "b", "c"}) paid(id);
    confirmed("a");
    confirmed("d");
    paid("d");
    log.at(log.now() + hours{48});
    confirmed("b");
  }
  void placed(const std::string& id) { log.fact("ordering/Order/" + id, ordering::OrderPlaced{}); }
  void confirmed(const std::string& id) {
    log.fact("ordering/Order/" + id, ordering::OrderConfirmed{});
  }
  void paid(const std::string& id) {
    log.fact(
        "payment/PaymentIntent/p-" + id,
        payment::PaymentInitiated{.order_id = schemas::Id<"Order">{id}});
  }
};

const std::vector<std::string> steps{"OrderPlaced", "PaymentInitiated", "OrderConfirmed"};

}  // namespace

TEST_SUITE("replay: funnel") {
  TEST_CASE_FIXTURE(Orders, "who came how far, in the order of the steps") {
    const auto all = funnel(log, {.steps = steps, .by = "order_id"});
    REQUIRE(all.size() == 3);
    CHECK(all[0]["count"] == 4);
    CHECK(all[1]["count"] == 4);
    CHECK(all[2]["count"] == 2);
    CHECK(all[2]["of_first"] == 0.5);
    CHECK(all[0]["median_seconds_from_previous"] == nullptr);
  }

  TEST_CASE_FIXTURE(Orders, "what takes too long does not count") {
    CHECK(funnel(log, {.steps = steps, .by = "order_id", .within = hours{47}})[2]["count"] == 1);
    CHECK(funnel(log, {.steps = steps, .by = "order_id", .within = hours{49}})[2]["count"] == 2);
  }

  TEST_CASE_FIXTURE(Orders, "what cannot be counted is refused") {
    const auto why = [&](replay::FunnelAsked asked) {
      return refused([&] { funnel(log, std::move(asked)); });
    };
    CHECK(why({.steps = {"OrderPlaced"}, .by = "order_id"}).find("two steps") != std::string::npos);
    CHECK(
        why({.steps = {"OrderPlaced", "OrderLost"}, .by = "order_id"}).find("no fact OrderLost") !=
        std::string::npos);
    CHECK(why({.steps = steps, .by = "colour"}).find("has no field colour") != std::string::npos);
    CHECK(
        why({.steps = {"OrderPlaced", "OrderPlaced"}, .by = "order_id"}).find("twice") !=
        std::string::npos);
    CHECK(replay::parse_duration("7d") == hours{7 * 24});
    for (const auto* none : {"", "7", "d", "-1d", "7w", "1.5h", "99999999999d"})
      CHECK(!refused([&] { replay::parse_duration(none); }).empty());
  }
}

TEST_SUITE("replay: trace") {
  TEST_CASE("each commit stands below the one that caused it") {
    history::Log log;
    const auto commit = [&](const char* command, const char* causation, std::string correlation) {
      construct::Commit made;
      made.command = command;
      made.causation = causation;
      made.correlation = std::move(correlation);
      made.facts = {stored(tea, received(1, "a \"quoted\" one"))};
      log.commit(made);
    };
    commit("PlaceOrder", "", "c-1");         // 1
    commit("Other", "", "c-2");              // 2
    commit("Authorize", "commit 1", "c-1");  // 3
    commit("Reserve", "commit 1", "c-1");    // 4
    commit("Confirm", "commit 3", "c-1");    // 5
    commit("Cancel", "commit 99", "c-1");    // 6: of what is not in the trace
    const auto trace = [&](replay::TraceAsked asked) {
      Written written;
      {
        auto out = written.out();
        replay::History history{log, {}};
        show_trace(history, asked, out);
      }
      return written.text();
    };
    const auto shown = json::parse(trace({.correlation = "c-1", .form = replay::TraceForm::json}));
    REQUIRE(shown.size() == 2);
    CHECK(shown[0]["command"] == "PlaceOrder");
    REQUIRE(shown[0]["led_to"].size() == 2);
    CHECK(shown[0]["led_to"][0]["led_to"][0]["command"] == "Confirm");
    CHECK(shown[1]["command"] == "Cancel");
    // Around an event there is what it came from, and what that led to.
    const auto around =
        json::parse(trace({.event = "0badcafe-5-0", .form = replay::TraceForm::json}));
    REQUIRE(around.size() == 1);
    CHECK(around[0] == shown[0]);
    CHECK(trace({.event = "0badcafe-5-0"}) == trace({.event = "0badcafe-3"}));
    CHECK(trace({.correlation = "c-9"}).empty());
    const auto dot = trace({.correlation = "c-1", .form = replay::TraceForm::dot});
    CHECK(dot.find("c1 -> c3;") != std::string::npos);
    CHECK(dot.find("c3 -> c5;") != std::string::npos);
    CHECK(
        trace({.correlation = "c-1", .form = replay::TraceForm::mermaid}).find("c1 --> c4") !=
        std::string::npos);
    CHECK(!refused([&] { trace({.event = "0badcafe-0-0"}); }).empty());
    CHECK(!refused([&] { trace({.event = "last"}); }).empty());
  }
}
