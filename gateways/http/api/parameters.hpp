// The query parameters and headers of a read.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "domain/kernel/position.hpp"
#include "gateways/http/api/terms.hpp"
#include "gateways/http/server.hpp"

namespace http {

// What a client wants to be sure to see, and how long it will wait for it.
struct Freshness {
  std::optional<kernel::CommitNumber> wanted;
  std::chrono::milliseconds patience{0};
};

// Reads a request's query: every parameter must be among `known`, and only min_position may be
// repeated.
class Parameters {
 public:
  Parameters(const Request& request, const std::vector<std::string>& known);

  std::optional<std::string_view> get(std::string_view name) const;
  std::size_t limit();  // of a list
  // Adds a fault of a parameter.
  void fault(std::string_view name, std::string message);
  void fault_at(std::string place, std::string message);  // of anything: "path/order_id"

  // Tokens of another incarnation make the problem position_unknown.
  Freshness freshness(const std::string& incarnation);

  // Where an earlier stream of events broke off, if this is to go on with it: it is never answered
  // from before that. One of another incarnation can only begin anew.
  std::optional<kernel::Position> last_event(const std::string& incarnation, Freshness& freshness);

  // What is wrong with all that was read, if anything.
  std::optional<Problem> problem() const;

 private:
  void read_position(
      std::string_view place,
      std::string_view token,
      const std::string& incarnation,
      Freshness& freshness);

  const Request& request_;
  std::vector<schemas::Fault> faults_;
  std::string other_problem_;
};

inline constexpr std::size_t limit_default = 50;
inline constexpr std::size_t limit_most = 500;

Problem view_behind();

// Calls then(reply) when `source` has what is wanted, or replies that it has not in time. What has
// to be waited for is then done on the thread that serves the client.
template <class Source, class Then>
void when_fresh(
    Source& source, const Freshness& freshness, std::string correlation, Reply reply, Then then) {
  if (!freshness.wanted) return then(std::move(reply));
  struct Pending {
    Reply reply;
    std::string correlation;
    Then then;
  };
  auto pending =
      std::make_shared<Pending>(Pending{std::move(reply), std::move(correlation), std::move(then)});
  source.when(*freshness.wanted, freshness.patience, [pending](bool reached) {
    pending->reply.run([pending, reached] {
      if (reached) return pending->then(std::move(pending->reply));
      pending->reply(refuse(view_behind(), pending->correlation));
    });
  });
}

// Replies with answer(query) when `source` has what is wanted.
template <class Source, class Query, class Answer>
void answer_when_fresh(
    Source& source, const Freshness& freshness, Query query, Reply reply, Answer answer) {
  auto correlation = query.correlation;
  when_fresh(
      source,
      freshness,
      std::move(correlation),
      std::move(reply),
      [query = std::move(query), answer](Reply fresh) { fresh(answer(query)); });
}

}  // namespace http
