// What the clients of the bench say.
#pragma once

#include <fmt/format.h>

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

// Many new stock items with each request.
class CreateItemsInBulk final : public load::Script {
 public:
  explicit CreateItemsInBulk(std::uint64_t lines) : lines_{lines} {}

  void request(std::string& out) override {
    body_.clear();
    for (const auto end = made_ + lines_; made_ < end; ++made_)
      fmt::format_to(
          std::back_inserter(body_),
          R"({{"context":"inventory","command":"CreateStockItem","id":"{0}-{1}","body":{2}}})"
          "\n",
          prefix_,
          made_,
          stock_item(fmt::format("{}-{}", prefix_, made_)));
    load::write_post(out, "/commands", "application/x-ndjson", body_);
  }
  // All of its lines, or it refuses.
  std::uint64_t confirms(const load::Answer& answer) override {
    constexpr std::string_view accepted = R"({"status":20)";
    const std::string_view body = answer.body();
    std::uint64_t count = 0;
    for (auto at = body.find(accepted); at != body.npos; at = body.find(accepted, at + 1)) ++count;
    return count == lines_ ? count : 0;
  }

 private:
  std::uint64_t lines_;
  std::string prefix_ = fresh_prefix();
  std::uint64_t made_ = 0;
  std::string body_;
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

// Stock received for one of these items, all in turn.
class ReceiveStock final : public load::Script {
 public:
  explicit ReceiveStock(std::vector<std::string> ids) : ids_{std::move(ids)} {}

  void request(std::string& out) override {
    load::write_post(
        out,
        "/commands/inventory/ReceiveStock",
        "application/json",
        fmt::format(
            R"({{"inventory_id":"{}","quantity":1,"source_ref":"bench"}})",
            ids_[asked_++ % ids_.size()]));
  }

 private:
  std::vector<std::string> ids_;
  std::size_t asked_ = 0;
};

}  // namespace rows
