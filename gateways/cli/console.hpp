// One readable line per event of a process's own life, on stderr; JSON with --log json.
//
// Any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace cli {

enum class Level : std::uint8_t { info, alarm };

class Console {
 public:
  // `who` is what the lines begin with: "engine+gateway".
  Console(std::string who, bool json) : who_{std::move(who)}, json_{json} {}
  void say(std::string_view sentence, Level level = Level::info) const;

 private:
  std::string who_;
  bool json_;
};

}  // namespace cli
