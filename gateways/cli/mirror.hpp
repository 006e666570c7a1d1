// `construct mirror`: copies a transparency log over HTTP into a folder, for `construct verify`.
#pragma once

#include <filesystem>
#include <string>

namespace cli {

// Fetches what the folder does not have yet of the log at this address; the layout is that of
// replay/verify/mirror.hpp. Nothing is believed or checked here. The checkpoint that was there
// before is kept as `checkpoint-<size>`. Prints what came; throws std::runtime_error with a
// sentence.
int mirror(const std::string& url, const std::filesystem::path& folder);

}  // namespace cli
