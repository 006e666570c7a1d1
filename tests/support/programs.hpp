// Programs of this build.
#pragma once

#include <filesystem>
#include <string>

namespace support {

// One that was built beside the one that runs. Its path is not compiled in, so that a compiler's
// cache serves every checkout.
inline std::string program(const std::string& name) {
  return std::filesystem::read_symlink("/proc/self/exe").replace_filename(name).string();
}

}  // namespace support
