// What the log's server answers to a publish.
#pragma once

#include <stdexcept>
#include <string_view>

namespace ceilings {

// Its answer is JSON, which has a sequence when the message is on disk and an error when it is not.
inline void require_stored(std::string_view answer) {
  if (answer.find("\"seq\"") == answer.npos)
    throw std::runtime_error("the stream takes no message; see nats-server's log");
}

}  // namespace ceilings
