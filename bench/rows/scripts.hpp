// What the clients of the bench say.
#pragma once

#include <fmt/format.h>

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "bench/load/load.hpp"

namespace rows {

// What the ids of a script begin with, so that no two of a program make the same.
inline std::string fresh_prefix() {
  static int made = 0;
  return fmt::format("b{}", made++);
}

inline std::string stock_item(std::string_view id) {
  return fmt::format(R"({{"inventory_id":"{}","product_id":"p-1","location_id":"main"}})", id);
}

// A new stock item with each command.
class CreateItems : public load::Script {
 public:
  void request(std::string& out) override {
    load::write_post(
        out,
        "/commands/inventory/CreateStockItem",
        "application/json",
        stock_item(fmt::format("{}-{}", prefix_, made_++)));
  }

 private:
  std::string prefix_ = fresh_prefix();
  std::uint64_t made_ = 0;
};

// Many commands with each request.
class InBulk : public load::Script {
 public:
  static constexpr std::uint64_t lines = 500;

  void request(std::string& out) override {
    body_.clear();
    for (std::uint64_t i = 0; i < lines; ++i, ++asked_) line(asked_, body_);
    load::write_post(out, "/commands", "application/x-ndjson", body_);
  }
  // All of its lines, or it refuses.
  std::uint64_t confirms(const load::Answer& answer) override {
    constexpr std::string_view accepted = R"({"status":20)";
    const std::string_view body = answer.body();
    std::uint64_t count = 0;
    for (auto at = body.find(accepted); at != body.npos; at = body.find(accepted, at + 1)) ++count;
    return count == lines ? count : 0;
  }

  std::uint64_t asked() const { return asked_; }
  const std::string& prefix() const { return prefix_; }

 protected:
  static void write_line(
      std::string& out, std::string_view command, std::string_view key, std::string_view body) {
    fmt::format_to(
        std::back_inserter(out),
        R"({{"context":"inventory","command":"{}","id":"{}","body":{}}})"
        "\n",
        command,
        key,
        body);
  }

 private:
  // Writes the command of that number.
  virtual void line(std::uint64_t number, std::string& out) = 0;

  std::string prefix_ = fresh_prefix();
  std::uint64_t asked_ = 0;
  std::string body_;
};

class CreateItemsInBulk final : public InBulk {
  void line(std::uint64_t number, std::string& out) override {
    const auto id = fmt::format("{}-{}", prefix(), number);
    write_line(out, "CreateStockItem", id, stock_item(id));
  }
};

// One of the items that were made, all in turn.
class GetItems final : public load::Script {
 public:
  explicit GetItems(std::vector<std::string> ids) : ids_{std::move(ids)} {}

  void request(std::string& out) override {
    load::write_get(out, "/inventory/" + ids_[asked_++ % ids_.size()], "");
  }

 private:
  std::vector<std::string> ids_;
  std::size_t asked_ = 0;
};

inline std::string received_stock(std::string_view id) {
  return fmt::format(R"({{"inventory_id":"{}","quantity":1,"source_ref":"bench"}})", id);
}

// Stock received, by each command for the item that has its number.
class ReceiveStock final : public load::Script {
 public:
  explicit ReceiveStock(std::function<std::string(std::uint64_t number)> id) : id_{std::move(id)} {}

  void request(std::string& out) override {
    load::write_post(
        out, "/commands/inventory/ReceiveStock", "application/json", received_stock(id_(asked_++)));
  }

 private:
  std::function<std::string(std::uint64_t)> id_;
  std::uint64_t asked_ = 0;
};

}  // namespace rows
