// A fold's store in memory: ordered keys in families, atomic batches, and a power cut on demand.
// One thread.
#pragma once

#include <algorithm>
#include <map>
#include <stdexcept>

#include "domain/fold/store.hpp"

namespace simulation {

// The machine died instead of writing the batch.
struct PowerCut : std::runtime_error {
  PowerCut() : std::runtime_error("the power was cut") {}
};

class MemoryStore : public fold::Store {
 public:
  using Keys = std::map<std::string, std::string, std::less<>>;

  std::string name() const override { return "a store in memory"; }
  std::optional<std::string> get(fold::Family family, std::string_view key) const override {
    const auto& keys = keys_of(family);
    const auto found = keys.find(key);
    return found == keys.end() ? std::nullopt : std::optional{found->second};
  }

  std::vector<std::optional<std::string>> get(
      fold::Family family, const std::vector<std::string>& keys) const override {
    std::vector<std::optional<std::string>> values;
    for (const auto& key : keys) values.push_back(get(family, key));
    return values;
  }

  void scan(
      fold::Family family,
      std::string_view prefix,
      std::string_view from,
      const std::function<bool(std::string_view, std::string_view)>& visit) const override {
    const auto& keys = keys_of(family);
    for (auto at = keys.lower_bound(std::max(prefix, from)); at != keys.end(); ++at)
      if (!at->first.starts_with(prefix) || !visit(at->first, at->second)) return;
  }

  void scan_back(
      fold::Family family,
      std::string_view prefix,
      std::string_view before,
      const std::function<bool(std::string_view, std::string_view)>& visit) const override {
    const auto& keys = keys_of(family);
    const auto end = before.empty() ? fold::behind_all(prefix) : std::string{before};
    auto at = end.empty() ? keys.end() : keys.lower_bound(end);
    while (at != keys.begin())
      if (--at; !at->first.starts_with(prefix) || !visit(at->first, at->second)) return;
  }

  void write(const fold::Batch& batch) override {
    if (writes_left_ == 0) throw PowerCut{};
    if (writes_left_) --*writes_left_;
    for (const auto& [family, key, value] : batch) {
      auto& keys = families_[family];
      if (value)
        keys[key] = *value;
      else
        keys.erase(key);
    }
  }

  // After that many more writes the power is cut.
  void cut_power_after(std::size_t writes) { writes_left_ = writes; }
  void restore_power() { writes_left_.reset(); }

  const Keys& keys_of(fold::Family family) const {
    static const Keys none;
    const auto found = families_.find(family);
    return found == families_.end() ? none : found->second;
  }
  void erase(fold::Family family) { families_.erase(family); }

 private:
  std::map<fold::Family, Keys> families_;
  std::optional<std::size_t> writes_left_;
};

}  // namespace simulation
