// What the gateway is asked, and what its answers are recorded as.
#include "commands/payment/effects.hpp"

#include <deque>

#include "tests/payment/values.hpp"

using namespace payment;
using O = GatewayOutcome;

namespace {

// Answers as it is told, and remembers what it was asked.
class Scripted final : public Gateway {
 public:
  std::deque<GatewayAnswer> answers;
  std::vector<std::string> calls;

  void authorize(Authorization request, Done done) override {
    answer("authorize " + request.key + ' ' + std::to_string(request.amount), done);
  }
  void capture(std::string key, std::string ref, std::int64_t amount, Done done) override {
    answer("capture " + key + ' ' + ref + ' ' + std::to_string(amount), done);
  }
  void release(std::string key, std::string authorization_key, Done done) override {
    answer("release " + key + ' ' + authorization_key, done);
  }
  void refund(std::string key, std::string ref, std::int64_t amount, Done done) override {
    answer("refund " + key + ' ' + ref + ' ' + std::to_string(amount), done);
  }
  void look_up(std::string key, Done done) override { answer("look_up " + key, done); }
  void fence(std::string key, Done done) override { answer("fence " + key, done); }

 private:
  void answer(std::string call, const Done& done) {
    calls.push_back(std::move(call));
    const auto next = answers.at(0);
    answers.pop_front();
    done(next);
  }
};

using Calls = std::vector<std::string>;

// One try of an effect.
struct Trying {
  Scripted gateway;
  bool configured = true;
  std::optional<effects::Outcome> outcome;

  template <class Fact>
  void perform(const Fact& fact, unsigned tries, std::deque<GatewayAnswer> answers) {
    effects::Registry registry;
    add_performers(registry, configured ? &gateway : nullptr);
    gateway.answers = std::move(answers);
    gateway.calls.clear();
    construct::EffectEntry entry;
    entry.aggregate_id = p1.text();
    entry.data.data = encode(fact);
    (*registry.of(Fact::type_name))(
        entry, tries, [this](effects::Outcome told) { outcome = told; });
    CHECK(gateway.answers.empty());
  }
  // The command of a report, or of a doubt.
  template <class Command>
  Command command() const {
    const auto* report = std::get_if<effects::Report>(&*outcome);
    const auto step = report ? report->command : *std::get<effects::Unknown>(*outcome).command;
    REQUIRE(step.command == Command::type_name);
    Command read;
    decode(step.body, read);
    return read;
  }
};

}  // namespace

TEST_SUITE("payment: effects") {
  TEST_CASE_FIXTURE(Trying, "an authorization is asked for once, then looked up") {
    perform(authorization_requested, 0, {{.outcome = O::authorized, .gateway_ref = "ch_1"}});
    CHECK(gateway.calls == Calls{"authorize " + asked + " 1000"});
    CHECK(command<RecordAuthorization>().outcome == AuthorizationOutcome::authorized);
    CHECK(command<RecordAuthorization>().gateway_ref == "ch_1");
    perform(authorization_requested, 1, {{.outcome = O::declined, .reason = "no_funds"}});
    CHECK(gateway.calls == Calls{"look_up " + asked});
    CHECK(command<RecordAuthorization>().outcome == AuthorizationOutcome::declined);
    CHECK(command<RecordAuthorization>().reason == "no_funds");
  }
  TEST_CASE_FIXTURE(Trying, "no answer is a doubt, not a failure") {
    for (const unsigned tries : {0u, 1u, 9u}) {
      perform(authorization_requested, tries, {{}});
      CHECK(command<MarkOutcomeUnknown>().key == asked);
    }
    perform(capture_requested(10), 0, {{}});
    CHECK(command<MarkOutcomeUnknown>().key == key("capture", 2));
  }
  TEST_CASE_FIXTURE(
      Trying, "an authorization that never arrives is asked for again, then fenced and declined") {
    for (const unsigned tries : {1u, 2u}) {
      perform(authorization_requested, tries, {{.outcome = O::not_found}, {}});
      CHECK(gateway.calls == Calls{"look_up " + asked, "authorize " + asked + " 1000"});
      CHECK(command<MarkOutcomeUnknown>().key == asked);
    }
    perform(authorization_requested, 3, {{.outcome = O::not_found}, {.outcome = O::voided}});
    CHECK(gateway.calls == Calls{"look_up " + asked, "fence " + asked});
    CHECK(command<RecordAuthorization>().reason == "never_received");
    // It arrived in between.
    perform(authorization_requested, 3, {{.outcome = O::not_found}, {.outcome = O::authorized}});
    CHECK(command<RecordAuthorization>().outcome == AuthorizationOutcome::authorized);
    perform(authorization_requested, 3, {{.outcome = O::not_found}, {}});
    CHECK(command<MarkOutcomeUnknown>().key == asked);
  }
  TEST_CASE_FIXTURE(Trying, "anything else that never arrived is asked for again, by its key") {
    perform(capture_requested(10), 2, {{.outcome = O::not_found}, {.outcome = O::captured}});
    CHECK(
        gateway.calls ==
        Calls{"look_up " + key("capture", 2), "capture " + key("capture", 2) + " ch_1 10"});
    CHECK(command<RecordCapture>().outcome == RequestOutcome::succeeded);
    perform(void_requested(), 2, {{.outcome = O::not_found}, {.outcome = O::voided}});
    CHECK(gateway.calls.back() == "release " + key("void", 2) + ' ' + asked);
    CHECK(command<RecordVoid>().outcome == RequestOutcome::succeeded);
    perform(refund_requested(5), 2, {{.outcome = O::not_found}, {.outcome = O::refunded}});
    CHECK(gateway.calls.back() == "refund " + key("refund", 3) + " ch_1 5");
    CHECK(command<RecordRefundResult>().outcome == RequestOutcome::succeeded);
  }
  TEST_CASE_FIXTURE(Trying, "what the gateway refuses has failed, with its reason") {
    const GatewayAnswer no{.outcome = O::failed, .reason = "too_late"};
    perform(capture_requested(10), 0, {no});
    CHECK(command<RecordCapture>().outcome == RequestOutcome::failed);
    CHECK(command<RecordCapture>().reason == "too_late");
    perform(void_requested(), 1, {no});
    CHECK(command<RecordVoid>().outcome == RequestOutcome::failed);
    perform(refund_requested(5), 0, {no});
    CHECK(command<RecordRefundResult>().outcome == RequestOutcome::failed);
    perform(authorization_requested, 0, {no});
    CHECK(command<RecordAuthorization>().outcome == AuthorizationOutcome::declined);
  }
  TEST_CASE_FIXTURE(Trying, "without a gateway nothing new begins, and nothing old is given up") {
    configured = false;
    perform(authorization_requested, 0, {});
    CHECK(command<RecordAuthorization>().reason == "method_unsupported");
    perform(authorization_requested, 1, {});
    CHECK_FALSE(std::get<effects::Unknown>(*outcome).command);
    perform(void_requested(), 0, {});
    CHECK_FALSE(std::get<effects::Unknown>(*outcome).command);
  }
}
