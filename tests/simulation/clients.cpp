#include "tests/simulation/clients.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "tests/simulation/say.hpp"

namespace simulation {
namespace {

constexpr microseconds between_acts{160'000};
constexpr int attempts = 3;
constexpr milliseconds patience{2'000};  // of a client, before it asks again without an answer

}  // namespace

Clients::Clients(Surroundings surroundings, int count) : around_{surroundings} {
  for (int i = 0; i < count; ++i) clients_.push_back({fmt::format("client-{}", i), 0, {}});
}

void Clients::begin() {
  for (const auto& asked : first_commands()) probe(asked);
  for (auto& client : clients_) act(client);
}

// ---- What to send ----

void Clients::act(Client& client) {
  if (!busy_) return;
  auto& random = around_.random;
  const bool repeats = !client.requests.empty() && random.percent(30);
  const auto request = repeats ? repeat(client) : make_fresh(client);
  send(client, request);
  if (random.percent(10) && journal_.requests[request].key_is_known) send(client, request);
  around_.timeline.after(
      random.between(microseconds{500}, between_acts), [this, &client] { act(client); });
}

std::size_t Clients::make(Client& client, std::string key, Asked asked) {
  Request request{.client = client.name, .key = std::move(key), .asked = std::move(asked)};
  request.digest = fold::text(
      fold::sha256(fmt::format("{} {}", name_of(request.asked), encoded(request.asked))));
  request.id = engine::command_id(request.client, request.key);
  client.requests.push_back(journal_.requests.size());
  journal_.requests.push_back(std::move(request));
  return client.requests.back();
}

std::size_t Clients::make_fresh(Client& client) {
  const auto request = make(client, fmt::format("key-{}", ++keys_), random_command(around_.random));
  journal_.requests[request].key_is_known = around_.random.percent(70);
  return request;
}

// The same again, as after a lost answer; or, by mistake, something else under the same key.
std::size_t Clients::repeat(Client& client) {
  const auto earlier = around_.random.pick(client.requests);
  if (!journal_.requests[earlier].key_is_known) return make_fresh(client);
  if (!around_.random.one_in(5)) return earlier;
  return make(client, journal_.requests[earlier].key, random_command(around_.random));
}

std::size_t Clients::probe(Asked asked) {
  const auto request = make(clients_.front(), fmt::format("key-{}", ++keys_), std::move(asked));
  send(clients_.front(), request);
  return request;
}

std::size_t Clients::settle() {
  std::set<std::size_t> settled;
  for (const auto& delivery : journal_.deliveries)
    if (delivery.open() || (delivery.answers > 0 && is_definite(delivery.answer)) ||
        !journal_.requests[delivery.request].key_is_known)
      settled.insert(delivery.request);
  for (std::size_t i = 0; i < journal_.requests.size(); ++i)
    if (!settled.contains(i))
      around_.timeline.after(around_.random.between(microseconds{0}, seconds{1}), [this, i] {
        send(client_of(i), i);
      });
  return journal_.requests.size() - settled.size();
}

// ---- Sending ----

Clients::Client& Clients::client_of(std::size_t request) {
  return *std::ranges::find(clients_, journal_.requests[request].client, &Client::name);
}

void Clients::send(Client& client, std::size_t request) {
  auto& random = around_.random;
  const auto machine =
      random.percent(70) ? client.favourite : random.below(around_.machines.size());
  around_.timeline.after(
      random.between(microseconds{50}, milliseconds{2}),
      [this, &client, request, machine] { arrive(client, request, machine); });
}

void Clients::arrive(Client& client, std::size_t request, std::size_t machine) {
  auto& at = *around_.machines[machine];
  if (!at.up()) {
    client.favourite = (machine + 1) % around_.machines.size();
    return again(client, request);
  }
  around_.chain.follow(around_.log);
  const auto number = journal_.deliveries.size();
  const auto& asked = journal_.requests[request];
  journal_.deliveries.push_back(
      {.request = request,
       .machine = machine,
       .if_match = version_seen(asked.asked),
       .key_is_new = !asked.key_is_known,
       .log_before = around_.chain.next(),
       .clock_read = at.clock().reads()});
  around_.trace(
      [&] { return fmt::format("delivery {} to machine {}: {}", number, machine, say(asked)); });
  at.submit(
      command_of(journal_.deliveries.back()),
      [this, &client, number](const engine::Answer& answer) { answered(client, number, answer); });
  // Only who knows the key can ask again without having had an answer.
  if (asked.key_is_known)
    around_.timeline.after(patience, [this, &client, number] {
      const auto& delivery = journal_.deliveries[number];
      if (delivery.answers == 0) again(client, delivery.request);
    });
}

engine::Command Clients::command_of(const Delivery& delivery) const {
  const auto& asked = journal_.requests[delivery.request];
  return {
      .type = schemas::platform().table(name_of(asked.asked)),
      .body = encoded(asked.asked),
      .client = asked.client,
      .key = asked.key,
      .key_is_new = delivery.key_is_new,
      .digest = asked.digest,
      .if_match = delivery.if_match,
      .correlation = "c",
      .causation = "",
      .actor = asked.client};
}

std::optional<std::uint64_t> Clients::version_seen(const Asked& asked) {
  if (!around_.random.one_in(8)) return std::nullopt;
  return versions_[stream_of(asked)];
}

// ---- Answers ----

void Clients::answered(Client& client, std::size_t number, const engine::Answer& answer) {
  auto& delivery = journal_.deliveries[number];
  auto& clock = around_.machines[delivery.machine]->clock();
  around_.chain.follow(around_.log);
  around_.trace([&] { return fmt::format("delivery {} answered: {}", number, say(answer)); });
  journal_.requests[delivery.request].key_is_known = true;  // Every answer tells it.
  ++delivery.answers;
  delivery.answer = answer;
  delivery.log_after = around_.chain.next();
  clock.now();
  delivery.earliest = clock.earliest_since(delivery.clock_read);
  delivery.latest =
      std::max(
          clock.latest(),
          around_.chain.entries().empty() ? beginning : around_.chain.entries().back().commit.at) +
      milliseconds{1};
  if (const auto* accepted = std::get_if<engine::Accepted>(&answer))
    versions_[accepted->stream] = accepted->version;
  if (is_definite(answer)) return;
  if (std::get<engine::Failure>(answer) == engine::Failure::unavailable)
    client.favourite = (delivery.machine + 1) % around_.machines.size();
  if (around_.random.percent(70)) again(client, delivery.request);
}

void Clients::again(Client& client, std::size_t request) {
  // What is given up here is taken up by settle().
  auto& asked = journal_.requests[request];
  if (!busy_ || asked.asks_again || ++asked.times_asked > attempts) return;
  asked.asks_again = true;
  around_.timeline.after(
      around_.random.between(milliseconds{50}, milliseconds{1'000}), [this, &client, request] {
        journal_.requests[request].asks_again = false;
        send(client, request);
      });
}

void Clients::crashed(std::size_t machine) {
  for (auto& delivery : journal_.deliveries)
    if (delivery.machine == machine && delivery.open()) delivery.crashed = true;
}

}  // namespace simulation
