// How a context declares its addresses, by the names of its schema alone: a context needs no HTTP
// code.
//
//   void inventory::routes(http::Routes& routes) {
//     routes.command("POST", "/inventory/reserve/{inventory_id}", "ReserveStock");
//     routes.row("/inventory/{id}", {.view = "stock", .table = "items", .row = "StockItemRow"});
//     routes.list("/orders", {.view = "orders", .table = "orders", .row = "OrderRow",
//                             .filters = {"user_id", "status"}, .sorts = {"-created_at"}});
//   }
//
// Every command is also at POST /commands/<context>/<Command>, undeclared. What does not fit the
// schema throws std::invalid_argument when it is declared, so a process with a wrong route does not
// start.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateways/http/listings.hpp"
#include "gateways/http/webhook.hpp"

namespace schemas {
class Schema;
struct Table;
}  // namespace schemas
namespace views {
class Moment;
struct Row;
}  // namespace views

namespace http {

// Makes a row that is not stored as such, out of what the view has.
using MakeRow = std::optional<views::Row> (*)(const views::Moment&, std::string_view key);

// A query parameter that says which row is meant: the last of those that an index lists under it,
// or, without an index, the one whose key it is.
struct RowParameter {
  std::string name;        // of the parameter; and of the field that the index begins with
  std::string index = {};  // "order_id+created_at"
};

// Where a row is found. Its key is the path's parameters, joined by '~'.
struct RowQuery {
  std::string view;
  std::string table = {};
  std::string row;  // the schema's table, "StockItemRow"
  // Instead of a row of the table.
  MakeRow make = nullptr;
  // Instead of parameters in the path; a request has exactly one of them.
  std::vector<RowParameter> parameters = {};
  // When there is no such row: another kind of row under the same address.
  std::string other_row = {};
  MakeRow make_other = nullptr;
};

// Declared routes, with their names resolved.
struct CommandRoute {
  std::string method;
  std::string pattern;
  std::vector<const schemas::Table*> commands;  // more than one: the body decides
};
struct WebhookRoute {
  std::string pattern;
  Webhook webhook;
  const schemas::Table* command = nullptr;
};
struct RowRoute {
  std::string pattern;
  RowQuery query;
  const schemas::Table* row = nullptr;
  const schemas::Table* other_row = nullptr;
};
struct ListRoute {
  std::string pattern;
  ListQuery query;
  const schemas::Table* row = nullptr;
  std::vector<Listing> listings;
};

class Routes {
 public:
  explicit Routes(const schemas::Schema& schema) : schema_{schema} {}

  // The pattern's parameters are fields of the command.
  void command(std::string_view method, std::string_view pattern, std::string_view command);
  // The command whose own required fields the body has: those that none of the others has.
  void one_of(
      std::string_view method,
      std::string_view pattern,
      std::initializer_list<std::string_view> commands);
  // Where another company's system posts its messages.
  void webhook(std::string_view pattern, Webhook webhook);
  void row(std::string_view pattern, RowQuery query);
  void list(std::string_view pattern, ListQuery query);

  const schemas::Schema& schema() const { return schema_; }
  const std::vector<CommandRoute>& commands() const { return commands_; }
  const std::vector<WebhookRoute>& webhooks() const { return webhooks_; }
  const std::vector<RowRoute>& rows() const { return rows_; }
  const std::vector<ListRoute>& lists() const { return lists_; }

 private:
  const schemas::Schema& schema_;
  std::vector<CommandRoute> commands_;
  std::vector<WebhookRoute> webhooks_;
  std::vector<RowRoute> rows_;
  std::vector<ListRoute> lists_;
};

// The required fields of commands[index] that no other of the commands has.
std::vector<std::string_view> own_fields(
    const std::vector<const schemas::Table*>& commands, std::size_t index);

}  // namespace http
