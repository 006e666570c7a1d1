// The key that somebody signs notes with, in a file that nobody else can read.
#pragma once

#include <filesystem>
#include <string>

#include "projections/audit/note.hpp"

namespace cli {

// Made the first time. A key signs under one name only: throws std::runtime_error with a sentence
// when the file is no such key, or is another one's. `option` is the one that gives the name.
audit::Key signing_key(
    const std::filesystem::path& path,
    audit::Signer kind,
    const std::string& name,
    const std::string& option);

}  // namespace cli
