// What a response looks like on the wire.
#pragma once

#include <string>
#include <string_view>

#include "gateways/http/message.hpp"

namespace http {

enum class After { keep_alive, keep_alive_1_0, close };

// Appends the status line and every header line, and the empty line after them. The length is the
// body's.
void write_head(std::string& out, const Response& response, After after);

// The same for a body of unknown length.
enum class Framing { chunks, until_close };
void write_open_head(std::string& out, const Response& response, Framing framing, After after);

// Appends one chunk; its text must not be empty.
void write_chunk(std::string& out, std::string_view text);
inline constexpr std::string_view last_chunk = "0\r\n\r\n";

inline constexpr std::string_view continue_head = "HTTP/1.1 100 Continue\r\n\r\n";

}  // namespace http
