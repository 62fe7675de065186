namespace Toe.Chelsio.Tables;

/// <summary>A sysctl of the TOE module, <c>/proc/sys/toe/toeN_tom/NAME</c>.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Usual">Its value in Unified Wire 3.14.0.3 unless somebody changed it; null when it has none that means something.</param>
/// <param name="Meaning">What another value does, in one sentence.</param>
internal sealed record TomSetting(string Name, long? Usual, string Meaning);
