// Schemas of a test's own: FlatBuffers text in, the model out.
#pragma once

#include <flatbuffers/idl.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "schemas/model.hpp"

namespace schemas::testing {

// The words of schemas/vocabulary.fbs, which a text at run time cannot include.
inline constexpr std::string_view vocabulary = R"(
  attribute "command"; attribute "fact"; attribute "row"; attribute "snapshot"; attribute "rejects";
  attribute "rejections"; attribute "names"; attribute "identifies"; attribute "time"; attribute "money";
  attribute "personal"; attribute "optional"; attribute "example"; attribute "minimum"; attribute "maximum";
)";

// The binary schema of a text; files it includes are looked for in `folder`.
inline std::string binary_schema(const std::string& text, const std::string& folder) {
  flatbuffers::Parser parser;
  parser.opts.binary_schema_comments = true;
  parser.opts.binary_schema_builtins = true;
  const char* folders[] = {folder.c_str(), nullptr};
  if (!parser.Parse(text.c_str(), folders)) throw std::invalid_argument(parser.error_);
  parser.Serialize();
  return {
      reinterpret_cast<const char*>(parser.builder_.GetBufferPointer()), parser.builder_.GetSize()};
}

// The model of one context, given without its vocabulary: "namespace shop; table Line { x:int; }".
inline Schema compile(std::string_view text) {
  const auto binary = binary_schema(std::string{vocabulary} + std::string{text}, "");
  return Schema{{std::string_view{binary}}};
}

// The contexts' schemas in a folder.
inline std::vector<std::filesystem::path> schema_files(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator{folder})
    if (entry.path().extension() == ".fbs" && entry.path().stem() != "vocabulary")
      files.push_back(entry.path());
  return files;
}

inline Schema compile_files(const std::vector<std::filesystem::path>& files) {
  std::vector<std::string> binaries;
  for (const auto& file : files) {
    std::ifstream stream{file};
    const std::string text{std::istreambuf_iterator{stream}, {}};
    binaries.push_back(binary_schema(text, file.parent_path().string()));
  }
  return Schema{{binaries.begin(), binaries.end()}};
}

}  // namespace schemas::testing
