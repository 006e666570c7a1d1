// Where a fold keeps what it made: ordered keys in families, written in atomic batches.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "domain/kernel/position.hpp"

namespace fold {

// Index into the families that the store was opened with; family 0 is the fold runtime's own.
using Family = std::size_t;
inline constexpr Family cursor_family = 0;

struct Change {
  Family family;
  std::string key;
  std::optional<std::string> value;  // absent: erase
};
using Batch = std::vector<Change>;

// The disk failed, so what is in the store is not known; never a fault of what is folded.
struct StoreFailed : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// Any thread may call it. Throws StoreFailed.
class Reads {
 public:
  using Visit = std::function<bool(std::string_view key, std::string_view value)>;

  virtual ~Reads() = default;
  virtual std::optional<std::string> get(Family family, std::string_view key) const = 0;
  // False when the key is surely not there. Never waits for a disk, so it may be wrong the other
  // way.
  virtual bool may_have(Family, std::string_view) const { return true; }
  // The values of several keys, in their order.
  virtual std::vector<std::optional<std::string>> get(
      Family family, const std::vector<std::string>& keys) const = 0;
  // Visits, in key order, the keys from `from` on that begin with `prefix`, until `visit` returns
  // false.
  virtual void scan(
      Family family, std::string_view prefix, std::string_view from, const Visit& visit) const = 0;
  // The same from the last key down, of those before `before` (empty: of all).
  virtual void scan_back(
      Family family,
      std::string_view prefix,
      std::string_view before,
      const Visit& visit) const = 0;
};

class Store : public Reads {
 public:
  // All of the batch or nothing of it, in the order given.
  virtual void write(const Batch& batch) = 0;
  // The same; the batch may be kept.
  virtual void take(Batch&& batch) { write(batch); }
  // What it is called, for people.
  virtual std::string name() const = 0;
  // Throws StoreFailed when somebody has found it damaged, who may be another process.
  virtual void check_sound() const {}
};

// Keeps nothing, for a fold that is run from the log's beginning each time.
class NoStore final : public Store {
 public:
  std::optional<std::string> get(Family, std::string_view) const override { return std::nullopt; }
  std::vector<std::optional<std::string>> get(
      Family, const std::vector<std::string>& keys) const override {
    return std::vector<std::optional<std::string>>(keys.size());
  }
  void scan(Family, std::string_view, std::string_view, const Visit&) const override {}
  void scan_back(Family, std::string_view, std::string_view, const Visit&) const override {}
  void write(const Batch&) override {}
  std::string name() const override { return "what keeps nothing"; }
};

// A store that another process writes, followed for reading. Any thread may call it.
class Followed {
 public:
  virtual ~Followed() = default;
  // Calls with the store at one moment, which does not move while `use` runs; so keep it bounded.
  // Throws std::runtime_error when the store cannot be read.
  virtual void read(const std::function<void(const Reads&)>& use) = 0;
  // Calls back once: true when commit `wanted` is folded into it, false when `patience` is over
  // first. May call back at once, on this thread.
  virtual void when(
      kernel::CommitNumber wanted,
      std::chrono::milliseconds patience,
      std::function<void(bool)> then) = 0;
};

// The first key after all that begin with `prefix`; empty when there is none.
std::string behind_all(std::string_view prefix);

// Big-endian, so that numbers sort as they count.
std::string ordered(std::uint64_t number);
std::uint64_t from_ordered(std::string_view bytes);

}  // namespace fold
