using Microsoft.Extensions.Configuration;

namespace Toe;

/// <summary>The section that the options are read from; null where the program configures in code only.</summary>
/// <param name="Section">The section <c>Toe</c> itself, whatever its name is.</param>
internal sealed record ToeConfiguration(IConfiguration? Section);
