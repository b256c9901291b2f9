/** Every image that a pod brings onto its node, with its place: those of its containers, and those that it mounts. */
import type { Container, Volume } from '../../core/pod-shape.ts';
import type { PodTemplate } from '../../core/pod-template.ts';
import { unknown } from '../../core/rule.ts';
import type { CheckResult, Violation } from '../../core/rule.ts';
import { parseImageReference } from './image-reference.ts';
import type { ImageReference } from './image-reference.ts';

/** Read when it is asked for: whoever needs one of these may find the other malformed. */
export interface PlacedImage {
  /** `container "web"`, `volume "model"` */
  readonly user: string;
  /** `spec.containers[0].image`, `spec.volumes[1].image.reference` */
  readonly path: string;
  /** As written; undefined where a template leaves it to something else to fill in. */
  readonly name: string | undefined;
  /** What the name means; undefined where there is none, or none that a kubelet accepts. */
  readonly reference: ImageReference | undefined;
  /** `spec.containers[0].imagePullPolicy`, `spec.volumes[1].image.pullPolicy` */
  readonly pullPolicyPath: string;
  readonly pullPolicy: string | undefined;
}

/**
 * Those of containers in the order of `containersOf`, then those of volumes.
 *
 * Several rules ask one after the other of the same pod: that of the last one is remembered.
 */
export function imagesOf(pod: PodTemplate): readonly PlacedImage[] {
  if (latest?.pod === pod) return latest.images;
  const { initContainers, containers, ephemeralContainers, volumes } = pod.spec;
  const images: PlacedImage[] = [];
  addContainers(images, initContainers, 'spec.initContainers');
  addContainers(images, containers, 'spec.containers');
  addContainers(images, ephemeralContainers, 'spec.ephemeralContainers');
  for (const [index, volume] of volumes?.entries() ?? []) {
    if (volume.image !== undefined) images.push(new ImageOfVolume(volume.name, volume.image, index));
  }
  latest = { pod, images };
  return images;
}

let latest: { readonly pod: PodTemplate; readonly images: readonly PlacedImage[] } | undefined;

function addContainers(images: PlacedImage[], containers: readonly Container[] | undefined, list: string): void {
  if (containers === undefined) return;
  for (let index = 0; index < containers.length; index += 1) {
    const container = containers[index];
    if (container !== undefined) images.push(new ImageOfContainer(container, list, index));
  }
}

class ImageOfContainer implements PlacedImage {
  readonly #container: Container;
  readonly #list: string;
  readonly #index: number;
  #reference: ImageReference | undefined | 'unread' = 'unread';

  constructor(container: Container, list: string, index: number) {
    this.#container = container;
    this.#list = list;
    this.#index = index;
  }

  get user(): string {
    return `container "${this.#container.name}"`;
  }
  get path(): string {
    return `${this.#list}[${this.#index}].image`;
  }
  get name(): string | undefined {
    return this.#container.image;
  }
  get reference(): ImageReference | undefined {
    return (this.#reference = this.#reference === 'unread' ? parseName(this.#container.image) : this.#reference);
  }
  get pullPolicyPath(): string {
    return `${this.#list}[${this.#index}].imagePullPolicy`;
  }
  get pullPolicy(): string | undefined {
    return this.#container.imagePullPolicy;
  }
}

class ImageOfVolume implements PlacedImage {
  readonly #volume: string;
  readonly #image: NonNullable<Volume['image']>;
  readonly #path: string;

  constructor(volume: string, image: NonNullable<Volume['image']>, index: number) {
    this.#volume = volume;
    this.#image = image;
    this.#path = `spec.volumes[${index}].image`;
  }

  get user(): string {
    return `volume "${this.#volume}"`;
  }
  get path(): string {
    return `${this.#path}.reference`;
  }
  get name(): string | undefined {
    return this.#image.reference;
  }
  get reference(): ImageReference | undefined {
    return parseName(this.#image.reference);
  }
  get pullPolicyPath(): string {
    return `${this.#path}.pullPolicy`;
  }
  get pullPolicy(): string | undefined {
    return this.#image.pullPolicy;
  }
}

function parseName(name: string | undefined): ImageReference | undefined {
  return name === undefined ? undefined : parseImageReference(name);
}

/**
 * Judges each image by what its name means. One without a name that a kubelet accepts runs nothing as it stands, but
 * somebody may complete it on its way into the cluster: then the verdict is `unknown`, unless another image fails.
 *
 * @param describe says what is wrong with an image that is not good, by its name as it is written, too
 */
export function judgeImages(
  pod: PodTemplate,
  isGood: (reference: ImageReference) => boolean,
  describe: (reference: ImageReference, image: PlacedImage, name: string) => Violation,
): CheckResult {
  const violations: Violation[] = [];
  let unreadable: string | undefined;
  for (const image of imagesOf(pod)) {
    const { name, reference } = image;
    if (name === undefined || reference === undefined) {
      const problem = name === undefined ? 'is missing' : 'is no image that a kubelet accepts';
      unreadable ??= `${image.path} of ${image.user} ${problem}`;
    } else if (!isGood(reference)) {
      violations.push(describe(reference, image, name));
    }
  }
  return violations.length === 0 && unreadable !== undefined ? unknown(unreadable) : violations;
}
