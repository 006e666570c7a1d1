// Lists: pages of rows, narrowed by filters, in one of the orders that the table's indexes have.
#pragma once

#include <string>
#include <vector>

#include "gateways/http/api/queries.hpp"

namespace http {

class ListEndpoint final : public Endpoint {
 public:
  ListEndpoint(const ListRoute& route, View view, const Reading& reading);
  void handle(const Call& call, Reply reply) override;

 private:
  struct Query {
    const Listing* listing = nullptr;
    views::Order order = views::Order::ascending;
    std::string prefix;  // of the index's entries: what the filters say
    std::string scope;   // what its cursors are bound to: the address, the filters, the order
    std::string after;
    std::size_t limit = limit_default;
    std::string correlation;
  };
  struct Part {
    std::string field;
    std::string index_part;
  };

  std::vector<Part> read_filters(const Call& call, Parameters& parameters) const;
  void choose_listing(Parameters& parameters, const std::vector<Part>& filters, Query& query) const;
  struct Page {
    std::vector<views::Entry> entries;
    std::string next;  // the place after which the next one begins; empty: there is none
  };
  Page page(const views::Moment& moment, const Query& query) const;
  Response answer(const Query& query) const;

  ListRoute route_;
  View view_;
  const Reading& reading_;
  std::vector<std::string> known_;
  std::size_t in_address_ = 0;  // how many of the filters are
};

}  // namespace http
