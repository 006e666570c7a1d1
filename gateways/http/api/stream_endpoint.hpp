// GET /streams/<context>/<Aggregate>/<id>: every fact of one aggregate.
#pragma once

#include <set>
#include <string>

#include "gateways/http/api/queries.hpp"
#include "gateways/http/streams.hpp"

namespace http {

// Members of a JSON object that tell of a fact; braces and what else belongs there are the
// caller's.
void write_members(
    std::string& out,
    const schemas::Schema& schema,
    const StoredFact& fact,
    const std::string& incarnation);

class StreamEndpoint final : public Endpoint {
 public:
  static constexpr std::string_view pattern = "/streams/{context}/{aggregate}/{id}";

  StreamEndpoint(StreamSource& source, const schemas::Schema& schema, const Reading& reading);
  void handle(const Call& call, Reply reply) override;

 private:
  struct Query {
    std::string stream;
    std::string after;  // a version in decimal digits, as cursors keep it; empty: from the first
    std::size_t limit = limit_default;
    std::string correlation;
  };
  Response answer(const Query& query) const;

  StreamSource& source_;
  const schemas::Schema& schema_;
  const Reading& reading_;
  std::set<std::string, std::less<>> kinds_;  // "inventory/StockItem"
};

}  // namespace http
