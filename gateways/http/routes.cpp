#include "gateways/http/routes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "gateways/http/router.hpp"
#include "projections/views/view.hpp"
#include "schemas/model.hpp"

namespace http {
namespace {

[[noreturn]] void refuse(std::string_view pattern, std::string_view what) {
  throw std::invalid_argument(fmt::format("{}: {}", pattern, what));
}

const schemas::Table* find(
    const schemas::Schema& schema,
    std::string_view pattern,
    std::string_view name,
    schemas::Role role) {
  const auto* table = schema.table(name);
  if (!table || table->role != role)
    refuse(
        pattern,
        fmt::format(
            "the schema has no {} {}; name one that it has",
            role == schemas::Role::command ? "command" : "row",
            name));
  return table;
}

const views::TableType& find_table(
    std::string_view pattern,
    const std::string& view,
    const std::string& name,
    const schemas::Table* row) {
  const auto& tables = views::named(view).tables;
  const auto table = std::ranges::find(tables, name, &views::TableType::name);
  if (table == tables.end() || table->row != row)
    refuse(
        pattern,
        fmt::format(
            "the view {} has no table {} of {}; name one that it has", view, name, row->name));
  return *table;
}

}  // namespace

void Routes::command(std::string_view method, std::string_view pattern, std::string_view command) {
  one_of(method, pattern, {command});
}

void Routes::one_of(
    std::string_view method,
    std::string_view pattern,
    std::initializer_list<std::string_view> commands) {
  CommandRoute route{std::string{method}, std::string{pattern}, {}};
  for (const auto name : commands)
    route.commands.push_back(find(schema_, pattern, name, schemas::Role::command));
  for (const auto* command : route.commands)
    for (const auto& parameter : parameters_of(pattern))
      if (!command->field(parameter))
        refuse(
            pattern,
            fmt::format(
                "{} has no field {}; name parameters as the fields they give",
                command->name,
                parameter));
  for (std::size_t i = 0; route.commands.size() > 1 && i < route.commands.size(); ++i)
    if (own_fields(route.commands, i).empty())
      refuse(
          pattern,
          fmt::format(
              "{} has no required field of its own by which a body could be told to be one",
              route.commands[i]->name));
  commands_.push_back(std::move(route));
}

void Routes::webhook(std::string_view pattern, Webhook webhook) {
  const auto* command = find(schema_, pattern, webhook.command, schemas::Role::command);
  if (!parameters_of(pattern).empty())
    refuse(pattern, "a webhook's address has no parameters; what a message is about stands in it");
  webhooks_.push_back({std::string{pattern}, std::move(webhook), command});
}

void Routes::row(std::string_view pattern, RowQuery query) {
  RowRoute route{.pattern = std::string{pattern}};
  route.row = find(schema_, pattern, query.row, schemas::Role::row);
  if (query.make_other)
    route.other_row = find(schema_, pattern, query.other_row, schemas::Role::row);
  if (parameters_of(pattern).empty() == query.parameters.empty())
    refuse(pattern, "a row is found by the parameters of its path, or by those of the query");
  for (const auto& [name, index] : query.parameters) {
    if (index.empty()) continue;
    const auto& indexes = find_table(pattern, query.view, query.table, route.row).indexes;
    const auto found = std::ranges::find(indexes, index, &views::IndexType::name);
    if (found == indexes.end() || found->fields.front()->name != name)
      refuse(
          pattern, fmt::format("{} has no index {} that begins with {}", query.table, index, name));
  }
  route.query = std::move(query);
  rows_.push_back(std::move(route));
}

void Routes::list(std::string_view pattern, ListQuery query) {
  ListRoute route{.pattern = std::string{pattern}};
  route.row = find(schema_, pattern, query.row, schemas::Role::row);
  const auto& table = find_table(pattern, query.view, query.table, route.row);
  try {
    route.listings = listings_of(table, query, parameters_of(pattern));
  } catch (const std::invalid_argument& error) {
    refuse(pattern, error.what());
  }
  route.query = std::move(query);
  lists_.push_back(std::move(route));
}

std::vector<std::string_view> own_fields(
    const std::vector<const schemas::Table*>& commands, std::size_t index) {
  std::vector<std::string_view> own;
  for (const auto& field : commands[index]->fields) {
    const bool shared = std::ranges::any_of(commands, [&](const auto* other) {
      return other != commands[index] && other->field(field.name);
    });
    if (!field.optional && !shared) own.push_back(field.name);
  }
  return own;
}

}  // namespace http
