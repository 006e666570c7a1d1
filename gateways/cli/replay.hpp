// `construct replay`: the command line of replay/verbs.hpp.
#pragma once

namespace cli {

// Ends with 0; with 1 when nothing was found, or what was compared differs; with 2 after a sentence
// when it could not be done.
int replay(int argc, char** argv);

}  // namespace cli
