// A contract from outside: four people who sign with keys of their own, the money in escrow at the
// simulated gateway, and its way from there.
#include "schemas/notation.hpp"
#include "tests/e2e/load.hpp"
#include "tests/smart_contract/keys.hpp"

namespace {

using e2e::Answer;
using e2e::Client;
using e2e::json;
using e2e::read;

const std::string evidence = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

json party(const std::string& id, const std::string& role, int share_bp) {
  return {
      {"party_id", id},
      {"role", role},
      {"public_key", smart_contract::public_key(id)},
      {"share_bp", share_bp}};
}
json milestone(const std::string& id, int amount) {
  const auto due = std::chrono::system_clock::now() + std::chrono::days{60};
  return {
      {"milestone_id", id},
      {"title", "half of it"},
      {"amount", amount},
      {"due_at",
       schemas::format_time(std::chrono::time_point_cast<std::chrono::microseconds>(due))}};
}

struct Deal {
  Deal() {
    deployment.start();
    client.emplace(deployment.port());
    post("/contract-templates", {{"template_id", "escrow-1"}, {"source_hash", evidence}}, 201);
    post("/contract-templates/escrow-1/approve", {{"audit_ref", "audit-1"}}, 200);
    post(
        "/contracts",
        {{"contract_id", "c-1"},
         {"template_id", "escrow-1"},
         {"parties",
          {party("ann", "funder", 0),
           party("bob", "payee", 3333),
           party("cyd", "payee", 3333),
           party("dan", "payee", 3334)}},
         {"arbiters", {"eve"}},
         {"currency_code", "EUR"},
         {"amount", 15'001},
         {"milestones", {milestone("m-1", 10'001), milestone("m-2", 5'000)}},
         {"fee_bp", 250},
         {"default_payee_bp", 5'000}},
        201);
  }

  Answer post(const std::string& path, const json& body) { return client->post(path, body.dump()); }
  void post(const std::string& path, const json& body, int status) {
    const auto answer = post(path, body);
    INFO(path, ": ", answer.body);
    REQUIRE(answer.status == status);
  }
  json row() { return e2e::row(*client, "/contracts/c-1"); }
  bool becomes(const std::string& status) {
    if (support::eventually([&] { return row().value("status", "") == status; })) return true;
    MESSAGE(row().dump(2));
    MESSAGE(client->get("/flows/escrow/c-1").body);
    MESSAGE(deployment.output());
    return false;
  }
  json euros() { return read(client->get("/escrow-totals"))["items"][0]; }

  Answer sign(const std::string& id, const std::string& by) {
    REQUIRE(support::eventually([&] { return row().contains("terms_hash"); }));
    const auto hash = row()["terms_hash"].get<std::string>();
    return post(
        "/contracts/c-1/sign", {{"party_id", id}, {"signature", smart_contract::sign(by, hash)}});
  }
  void fund() {
    for (const auto* id : {"ann", "bob", "cyd", "dan"}) REQUIRE(sign(id, id).status == 200);
    post("/contracts/c-1/fund", {{"party_id", "ann"}, {"payment_method", "test_ok"}}, 200);
    REQUIRE(becomes("funded"));
  }
  void deliver(const std::string& milestone) {
    post(
        "/contracts/c-1/milestones/" + milestone + "/deliver",
        {{"party_id", "bob"}, {"evidence_hash", evidence}},
        200);
  }

  std::uint16_t simulator = cli::free_port();
  e2e::Deployment deployment{{"--empty", "--simulator-port", std::to_string(simulator)}};
  std::optional<Client> client;
};

const json acceptance{{"party_id", "ann"}};
const json dispute{{"party_id", "bob"}, {"dispute_id", "d-1"}, {"reason", "it was all there"}};

}  // namespace

TEST_SUITE("contracts") {
  TEST_CASE_FIXTURE(Deal, "a delivery that is accepted is paid, one that is ruled on is divided") {
    const auto forged = sign("bob", "ann");
    CHECK(forged.status == 422);
    CHECK(read(forged)["code"] == "smart_contract/signature_invalid");
    fund();
    CHECK(euros()["held"] == 15'001);
    const auto verified = read(client->get("/contracts/c-1/verify"));
    CHECK(verified["terms_unchanged"] == true);
    for (const auto& signature : verified["signatures"]) CHECK(signature["valid"] == true);

    deliver("m-1");
    post("/contracts/c-1/milestones/m-1/accept", acceptance, 200);
    deliver("m-2");
    post("/contracts/c-1/milestones/m-2/dispute", dispute, 200);
    post(
        "/contracts/c-1/disputes/d-1/rule",
        {{"arbiter_id", "eve"}, {"payee_bp", 7'500}, {"funder_bp", 2'500}},
        200);
    REQUIRE(becomes("settled"));
    const auto settled = row();
    CHECK(settled["released"] == 13'751);
    CHECK(settled["refunded"] == 1'250);
    REQUIRE(support::eventually([&] { return euros()["held"] == 0; }));
    CHECK(euros()["released"] == 13'751);
    int given_back = 0;
    const auto statement = read(Client{simulator}.get("/v1/statement"));
    for (const auto& line : statement["lines"])
      if (line["kind"] == "refund") given_back += line["amount"].get<int>();
    CHECK(given_back == 1'250);
  }

  TEST_CASE_FIXTURE(Deal, "accepted and disputed in the same instant, it takes one path") {
    fund();
    for (const std::string milestone : {"m-1", "m-2"}) {
      deliver(milestone);
      const auto path = "/contracts/c-1/milestones/" + milestone;
      auto disputed = dispute;
      disputed["dispute_id"] = "d-" + milestone;
      std::array<int, 2> statuses{};
      e2e::at_once(2, [&](int who) {
        Client one{deployment.port()};
        statuses[std::size_t(who)] = (who == 0 ? one.post(path + "/accept", acceptance.dump())
                                               : one.post(path + "/dispute", disputed.dump()))
                                         .status;
      });
      CHECK((statuses == std::array{200, 422} || statuses == std::array{422, 200}));
      if (statuses[1] == 200)
        post(
            "/contracts/c-1/disputes/d-" + milestone + "/rule",
            {{"arbiter_id", "eve"}, {"payee_bp", 10'000}, {"funder_bp", 0}},
            200);
    }
    REQUIRE(becomes("settled"));
    CHECK(row()["released"] == 15'001);
    const auto facts = read(client->get("/streams/smart_contract/Agreement/c-1"))["items"];
    CHECK(std::ranges::count(facts, json("ContractSettled"), [](const json& fact) {
            return fact["type"];
          }) == 1);
  }
}
