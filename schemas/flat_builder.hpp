// A FlatBuffer built by the model from the inside out: strings first, then the lists and tables
// that hold them.
//
// One thread at a time; it keeps its memory from one buffer to the next.
#pragma once

#include <flatbuffers/flatbuffers.h>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "schemas/model.hpp"

namespace schemas {

class FlatBuilder {
 public:
  // A field of a table or an item of a list: a scalar itself, anything else by what text(), list()
  // or table() gave.
  struct Value {
    enum class State : std::uint8_t { unseen, null, filled };
    State state = State::unseen;
    std::int64_t raw = 0;
  };

  void clear() { builder_.Clear(); }

  std::int64_t text(std::string_view text) {
    return builder_.CreateString(text.data(), text.size()).o;
  }
  std::string_view text_at(std::int64_t made) const;
  // One value for each of the table's fields; only filled ones are written, and those even when
  // they are zero, so that what is absent from the buffer was absent from the body.
  std::int64_t table(const Table& type, std::span<const Value> values);
  std::int64_t list(Kind kind, std::span<const Value> items);
  std::string finish(std::int64_t root);

 private:
  flatbuffers::FlatBufferBuilder builder_;
};

}  // namespace schemas
