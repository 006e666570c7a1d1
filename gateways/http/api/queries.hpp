// Reads of views: one row, and what lists share with it.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "gateways/http/api.hpp"
#include "gateways/http/api/digest.hpp"
#include "gateways/http/api/endpoint.hpp"
#include "gateways/http/api/live.hpp"
#include "gateways/http/api/parameters.hpp"
#include "gateways/http/routes.hpp"
#include "projections/views/reader.hpp"

namespace http {

// What all reads need; Api owns it.
struct Reading {
  Digest digest;  // of cursors
  std::function<std::string()> incarnation;
  std::function<std::chrono::system_clock::time_point()> now;
  std::function<void(std::string_view)> log;
  Live& live;
};

// As the store has them.
inline constexpr std::size_t page_bytes_most = std::size_t{4} * 1024 * 1024;

class RowEndpoint final : public Endpoint {
 public:
  RowEndpoint(const RowRoute& route, View view, const Reading& reading);
  void handle(const Call& call, Reply reply) override;

 private:
  struct Query {
    std::string key;
    std::string index;  // that lists the row under the key; empty: the table itself
    std::string if_none_match;
    std::string correlation;
  };
  std::optional<Problem> read_key(const Call& call, Parameters& parameters, Query& query) const;
  std::optional<SeenRow> find(const views::Moment& moment, const Query& query) const;
  Response answer(const Query& query) const;

  RowRoute route_;
  View view_;
  const Reading& reading_;
  std::vector<std::string> known_{"min_position"};
};

// Sets `after` to where the cursor of the request says to go on; a problem when it cannot be used
// any more.
std::optional<Problem> follow_cursor(
    Parameters& parameters,
    const Reading& reading,
    std::string_view scope,
    std::string_view version,
    std::string& after);

// Path parameters that are ids, joined as keys are. Absent when one is nothing that an id could be.
std::optional<std::string> key_of(std::span<const schemas::Given> path);
Problem not_an_id();

// Follows the query when the view has what is wanted, instead of answering it once.
void follow_when_fresh(
    const Reading& reading, const Freshness& freshness, LiveRequest request, Reply reply);

void add_position(Response& response, const std::optional<kernel::Position>& position);
void add_set_aside_keys(Response& response, std::uint64_t keys);
void add_standing(Response& response, const views::Moment& moment);  // both

// `,"quarantined":["sku-1"]`, the keys of the rows that are set aside; nothing without any.
std::string quarantined_member(const std::vector<std::string_view>& keys);

// Ends {"items":[…; without a cursor this was the last page.
void end_page(std::string& body, std::string_view next_cursor);

// What a failed read of the store is to the client; damage to what is stored is passed on.
Response read_failed(const Reading& reading, const std::string& correlation);

}  // namespace http
