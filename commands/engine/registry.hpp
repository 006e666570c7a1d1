// Which aggregates there are, by the names that commands and the log use.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "commands/engine/aggregate.hpp"
#include "schemas/model.hpp"

namespace engine {

struct AggregateType {
  std::string path;  // "inventory/StockItem"
  Factory make = nullptr;
};

class Registry {
 public:
  // One line per aggregate, from its context's registration.
  void add(std::string_view context, std::string_view aggregate, Factory make);

  // Throws std::invalid_argument when the command's context was not registered.
  const AggregateType& of(const schemas::Table& command) const;
  // By the stream's name, "inventory/StockItem/sku-1"; null when unknown.
  const AggregateType* of_stream(std::string_view stream) const;

 private:
  std::map<std::string, AggregateType, std::less<>> types_;
};

template <class AggregateOfDecider>
void add(Registry& registry) {
  using Schema = typename AggregateOfDecider::Schema;
  registry.add(Schema::context, Schema::name, &AggregateOfDecider::make);
}

// Every context's aggregates.
const Registry& registry();

}  // namespace engine
