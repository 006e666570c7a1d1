// The facts of one aggregate for auditors, read from the engine's streams store.
#pragma once

#include "domain/fold/store.hpp"
#include "gateways/http/streams.hpp"

namespace cli {

class StreamSource final : public http::StreamSource {
 public:
  // `store` has the families of the streams store, and outlives this.
  explicit StreamSource(fold::Followed& store) : store_{store} {}

  http::StreamPage read(std::string_view stream, std::uint64_t after, std::size_t limit) override;
  void when(
      kernel::CommitNumber wanted,
      std::chrono::milliseconds patience,
      std::function<void(bool)> then) override {
    store_.when(wanted, patience, std::move(then));
  }

 private:
  fold::Followed& store_;
};

}  // namespace cli
