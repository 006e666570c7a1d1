// The members of a JSON object, found without reading what they hold.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace http {

struct Member {
  std::string name;
  std::string_view value;  // its text, as it stands in the object
};

// Absent when the text is not an object. Values are only told apart, not checked: whoever uses one
// reads it strictly. Stops after `most` members; constant stack, whatever the nesting.
std::optional<std::vector<Member>> members_of(std::string_view text, std::size_t most);

// The text of a JSON string; absent when the value is none.
std::optional<std::string> text_of(std::string_view value);

}  // namespace http
