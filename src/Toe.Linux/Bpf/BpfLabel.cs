namespace Toe.Linux;

/// <summary>A place in a program that jumps name before it is known. Made by <see cref="BpfAssembler.Label"/>.</summary>
internal readonly record struct BpfLabel(int Number);
