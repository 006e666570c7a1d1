// Orders and their money, seen from outside: real processes, a payment gateway that fails in every
// scripted way, real kill -9.
#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <nlohmann/json.hpp>

#include "tests/e2e/load.hpp"

namespace {

using e2e::Answer;
using e2e::Client;
using e2e::read;
using nlohmann::json;

// How long the shop waits for the payment gateway's answer.
constexpr auto payment_patience = "300";

class Shop {
 public:
  explicit Shop(const std::vector<std::string>& more = {}) : deployment{arguments(more)} {
    deployment.start();
    client.emplace(deployment.port());
  }

  // One unit of sku-1 for 19.99.
  static std::string order(const std::string& id, const std::string& method) {
    const json item{
        {"order_item_id", "i-" + id},
        {"product_id", "p-1"},
        {"inventory_id", "sku-1"},
        {"quantity", 1},
        {"unit_price", 1999}};
    return json{
        {"order_id", id},
        {"user_id", "u-1"},
        {"currency_code", "EUR"},
        {"payment_method", method},
        {"items", json::array({item})}}
        .dump();
  }
  // Under a correlation of the order's own name.
  void place(const std::string& id, const std::string& method) {
    const auto answer =
        client->post("/orders", order(id, method), {{"Construct-Correlation-Id", id}});
    REQUIRE(answer.status == 201);
  }

  std::string status(const std::string& id) {
    const auto answer = client->get("/orders/" + id);
    return answer.status == 200 ? read(answer).value("status", "") : "";
  }
  bool ends(const std::string& id, const std::string& as) {
    if (support::eventually([&] { return status(id) == as; })) return true;
    MESSAGE(client->get("/flows/checkout/" + id).body);
    MESSAGE(client->get("/effects").body);
    MESSAGE(deployment.output());
    MESSAGE(client->get("/streams/payment/PaymentIntent/" + id + "~1").body);
    return false;
  }
  bool has_fact(const std::string& stream, const std::string& type) {
    return client->get("/streams/" + stream).body.find('"' + type + '"') != std::string::npos;
  }
  // Whether all that happened there, whoever began it, belongs to this correlation.
  bool belongs_to(const std::string& correlation, const std::string& stream) {
    const auto facts = read(client->get("/streams/" + stream));
    return !facts["items"].empty() && std::ranges::all_of(facts["items"], [&](const json& fact) {
      return fact["correlation_id"] == correlation;
    });
  }
  json stock_row() { return read(client->get("/inventory/sku-1")); }

  // What the payment gateway says it holds for this order: authorizations that were not voided.
  int charges(const std::string& id) {
    Client bank{simulator};
    int count = 0;
    const auto statement = read(bank.get("/v1/statement"));
    for (const auto& line : statement["lines"]) {
      if (line["reference"] != id + "~1") continue;
      if (line["kind"] == "authorization") ++count;
      if (line["kind"] == "void") --count;
    }
    return count;
  }
  std::size_t statement_lines() {
    Client bank{simulator};
    return read(bank.get("/v1/statement"))["lines"].size();
  }

  std::uint16_t simulator = cli::free_port();
  e2e::Deployment deployment;
  std::optional<Client> client;

 private:
  std::vector<std::string> arguments(const std::vector<std::string>& more) const {
    std::vector<std::string> all{
        "--empty",
        "--simulator-port",
        std::to_string(simulator),
        "--payment-timeout-ms",
        payment_patience};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }
};

// Each fold may be killed or held by itself.
struct Apart : Shop {
  Apart() : Shop{{"--apart"}} {}
};

struct TwoOfEach : Shop {
  TwoOfEach() : Shop{{"--flows", "2", "--effects", "2"}} {}
};

}  // namespace

TEST_SUITE("checkout") {
  TEST_CASE_FIXTURE(Shop, "each way to pay ends as it must, with the money and the stock right") {
    e2e::stock(*client, "sku-1", 10);
    const std::pair<const char*, const char*> ways[] = {
        {"test_ok", "confirmed"},
        {"test_decline", "failed"},
        {"test_timeout_then_ok", "confirmed"},
        {"test_timeout_lost", "failed"},
        {"test_webhook_only", "confirmed"},
        {"no_such_method", "failed"}};
    for (const auto& [method, end] : ways) place(std::string{"o-"} + method, method);
    for (const auto& [method, end] : ways) {
      const auto id = std::string{"o-"} + method;
      CAPTURE(method);
      CHECK(ends(id, end));
      CHECK(charges(id) == (end == std::string{"confirmed"} ? 1 : 0));
      CHECK(belongs_to(id, "ordering/Order/" + id));
      CHECK(belongs_to(id, "payment/PaymentIntent/" + id + "~1"));
    }
    CHECK(has_fact("payment/PaymentIntent/o-test_timeout_then_ok~1", "PaymentOutcomeUnknown"));
    CHECK(has_fact("payment/PaymentIntent/o-test_timeout_lost~1", "PaymentOutcomeUnknown"));
    CHECK(support::eventually([&] { return stock_row()["quantity_reserved"] == 3; }));
    CHECK(stock_row()["quantity_available"] == 7);
    CHECK(read(client->get("/flows?status=stuck"))["items"].empty());
    CHECK(read(client->get("/effects"))["items"].empty());
  }

  TEST_CASE_FIXTURE(Shop, "an order and a list of orders are followed while they change") {
    e2e::stock(*client, "sku-1", 10);
    e2e::Live list{deployment.port(), "/orders?user_id=u-1&status=confirmed"};
    REQUIRE(list.tells("event: snapshot"));
    place("o-1", "test_ok");
    REQUIRE(support::eventually([&] { return !status("o-1").empty(); }));
    e2e::Live row{deployment.port(), "/orders/o-1"};
    CHECK(row.tells(R"("status":"confirmed")"));
    CHECK(list.tells(R"("order_id":"o-1")"));
    const auto cancel = read(client->post("/orders/o-1/cancel", R"({"reason":"changed my mind"})"));
    CAPTURE(cancel.dump());
    CHECK(row.tells(R"("status":"cancelled")"));
    CHECK(list.tells("event: delete"));
    const auto page = read(client->get("/orders?user_id=u-1&status=cancelled&limit=20"));
    CHECK(page["items"].size() == 1);
    const auto paid = read(client->get("/payments/status?order_id=o-1"));
    CAPTURE(paid.dump());
    CHECK(paid.value("order_id", "") == "o-1");
  }

  TEST_CASE_FIXTURE(
      Shop, "400 clients at once order single units of a stock of 50: exactly 50 are confirmed") {
    e2e::stock(*client, "sku-1", 50);
    std::atomic<int> placed{0}, refused{0};
    e2e::at_once(400, [&](int i) {
      Client one{deployment.port()};
      const auto answer = one.post("/orders", order("o-" + std::to_string(i), "test_ok"));
      if (answer.status == 201) ++placed;
      if (answer.status == 422 && read(answer)["code"] == "inventory/insufficient_stock") ++refused;
    });
    CHECK(placed == 50);
    CHECK(refused == 350);
    const auto confirmed = [&] {
      return read(client->get("/orders?user_id=u-1&status=confirmed&limit=500"))["items"].size();
    };
    CHECK(support::eventually([&] { return confirmed() == 50; }));
    CHECK(stock_row()["quantity_available"] == 0);
    CHECK(stock_row()["quantity_reserved"] == 50);
    CHECK(statement_lines() == 50);
  }

  TEST_CASE_FIXTURE(
      Apart, "kill -9 of each process in turn while orders come in: every order ends right") {
    e2e::stock(*client, "sku-1", 100'000);
    std::atomic<bool> stopping{false};
    std::mutex mutex;
    std::map<std::string, std::string> orders;  // acknowledged, with their methods
    std::thread load{[&] {
      e2e::at_once(4, [&](int number) {
        Client one{deployment.port()};
        for (int i = 0; !stopping; ++i) {
          const auto* method = i % 5 == 4 ? "test_decline" : "test_ok";
          const auto id = "o-" + std::to_string(number) + '-' + std::to_string(i);
          // Nobody has told whether an unanswered order was placed: ask again, with the same key.
          while (!stopping) {
            const auto answer = one.post("/orders", order(id, method), {{"Idempotency-Key", id}});
            if (answer.status != 201) continue;
            const std::lock_guard lock{mutex};
            orders.emplace(id, method);
            break;
          }
        }
      });
    }};
    const auto count = [&] {
      const std::lock_guard lock{mutex};
      return orders.size();
    };
    for (const auto* victim :
         {"construct flows",
          "construct effects",
          "construct simulator",
          "engine gateway",
          "construct project",
          "nats-server",
          "construct effects",
          "construct flows"}) {
      const auto before = count();
      CHECK(support::eventually([&] { return count() >= before + 10; }));
      CHECK(deployment.kill_some(victim) == 1);
    }
    const auto before = count();
    CHECK(support::eventually([&] { return count() >= before + 10; }));
    stopping = true;
    load.join();
    int confirmed = 0;
    for (const auto& [id, method] : orders) {
      CAPTURE(id);
      const bool good = method == "test_ok";
      REQUIRE(ends(id, good ? "confirmed" : "failed"));
      CHECK(charges(id) == (good ? 1 : 0));
      confirmed += good ? 1 : 0;
    }
    // An order that was cut off in the middle may have been placed besides.
    const auto reserved = [&] { return stock_row()["quantity_reserved"].get<int>(); };
    CHECK(reserved() >= confirmed);
    CHECK(reserved() <= confirmed + 4);
  }

  TEST_CASE_FIXTURE(
      Apart, "a checkout is cut off before and after each of its steps, and ends right") {
    e2e::stock(*client, "sku-1", 1000);
    // Who is held while the step before is taken, and what shows that it was taken.
    struct Cut {
      const char* held;
      const char* stream;  // after it the order's id, or that of its payment
      const char* suffix;
      const char* fact;
    };
    const Cut cuts[] = {
        {"construct flows", "ordering/Order/", "", "OrderPlaced"},
        {"construct effects", "payment/PaymentIntent/", "~1", "AuthorizationRequested"},
        {"construct simulator", "payment/PaymentIntent/", "~1", "AuthorizationRequested"},
    };
    int number = 0;
    for (const auto* method : {"test_ok", "test_decline"})
      for (const auto& cut : cuts)
        for (const auto* victim : {"construct flows", "construct effects"}) {
          const auto id = "o-" + std::to_string(++number);
          CAPTURE(id);
          CAPTURE(method);
          CAPTURE(cut.held);
          CAPTURE(victim);
          REQUIRE(deployment.signal_some(cut.held, SIGSTOP) == 1);
          place(id, method);
          const auto stream = cut.stream + id + cut.suffix;
          REQUIRE(support::eventually([&] { return has_fact(stream, cut.fact); }));
          REQUIRE(deployment.kill_some(victim) == 1);
          deployment.signal_some(cut.held, SIGCONT);
          const bool good = method != std::string{"test_decline"};
          REQUIRE(ends(id, good ? "confirmed" : "failed"));
          CHECK(charges(id) == (good ? 1 : 0));
          REQUIRE(support::eventually(
              [&] { return client->get("/flows/checkout/" + id).status == 200; }));
        }
    CHECK(read(client->get("/flows?status=stuck"))["items"].empty());
  }

  TEST_CASE_FIXTURE(
      TwoOfEach, "two processes of flows and two of effects, whichever live, act once") {
    e2e::stock(*client, "sku-1", 1000);
    const char* const methods[] = {
        "test_ok",
        "test_decline",
        "test_timeout_then_ok",
        "test_timeout_lost",
        "test_webhook_chaos"};
    std::map<std::string, bool> orders;  // whether they must be confirmed
    const auto place_some = [&](const std::string& name) {
      for (const auto* method : methods)
        for (int i = 0; i < 3; ++i) {
          const auto id = name + '-' + method + '-' + std::to_string(i);
          place(id, method);
          orders[id] =
              method != std::string{"test_decline"} && method != std::string{"test_timeout_lost"};
        }
    };
    place_some("both");
    for (const auto* victim :
         {"flows --vitals-port 0 --instance 1", "effects --vitals-port 0 --instance 2"}) {
      REQUIRE(deployment.signal_some(victim, SIGSTOP) == 1);
      place_some("without-" + std::to_string(orders.size()));
      REQUIRE(deployment.kill_some(victim) == 1);
    }
    for (const auto& [id, good] : orders) {
      CAPTURE(id);
      REQUIRE(ends(id, good ? "confirmed" : "failed"));
      CHECK(charges(id) == (good ? 1 : 0));
    }
    CHECK(
        stock_row()["quantity_reserved"] ==
        std::ranges::count(orders, true, [](const auto& order) { return order.second; }));
    CHECK(read(client->get("/flows?status=stuck"))["items"].empty());
  }

  TEST_CASE_FIXTURE(Shop, "flows and effects that are rebuilt from the log send nothing again") {
    e2e::stock(*client, "sku-1", 100);
    for (int i = 0; i < 10; ++i)
      place("o-" + std::to_string(i), i % 2 ? "test_decline" : "test_ok");
    for (int i = 0; i < 10; ++i)
      REQUIRE(ends("o-" + std::to_string(i), i % 2 ? "failed" : "confirmed"));
    REQUIRE(support::eventually([&] { return read(client->get("/effects"))["items"].empty(); }));
    const auto lines = statement_lines();
    const auto settled = client->get("/flows/checkout/o-1").body;
    REQUIRE(deployment.terminate().status == 0);
    for (const auto* fold : {"flows", "effects"})
      std::filesystem::remove_all(deployment.data() / "folds" / fold);
    deployment.start();
    client.emplace(deployment.port());
    REQUIRE(
        support::eventually([&] { return client->get("/flows/checkout/o-1").body == settled; }));
    // The next order passes through everything, so whatever was to be sent before it has been.
    place("o-next", "test_ok");
    REQUIRE(ends("o-next", "confirmed"));
    CHECK(statement_lines() == lines + 1);
    CHECK(read(client->get("/flows?status=held"))["items"].empty());
  }
}
