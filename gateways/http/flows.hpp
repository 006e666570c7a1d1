// What operators read: where flows and effects stand.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace http {

// Any thread may call it. Throws std::runtime_error when the store cannot be read.
class FlowSource {
 public:
  virtual ~FlowSource() = default;

  // One instance as a JSON document; absent when there is none.
  virtual std::optional<std::string> flow(std::string_view name, std::string_view instance) = 0;

  struct Page {
    std::vector<std::string> items;  // JSON documents
    std::string next;                // where the next page goes on; empty when there is none
  };
  // Instances in the order of flow and name; `status` is empty, running, stuck, held or ended. A
  // page may be short, even empty, and yet not be the last.
  virtual Page flows(
      std::string_view name,
      std::string_view status,
      std::string_view after,
      std::size_t limit) = 0;
  // Effects whose outcome is not in the log.
  virtual Page effects(std::string_view after, std::size_t limit) = 0;
};

}  // namespace http
