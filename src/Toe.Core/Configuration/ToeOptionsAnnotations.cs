using Microsoft.Extensions.Options;

namespace Toe;

/// <summary>Checks the ranges that stand at the options' members, without reflection.</summary>
[OptionsValidator]
internal sealed partial class ToeOptionsAnnotations : IValidateOptions<ToeOptions>;
